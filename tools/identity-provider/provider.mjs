// A certified OpenID provider, in memory, for tools/oidc_trial.py: it lets in whoever names themselves.
//
//   node provider.mjs PORT ADDRESS_TO_GO_BACK_TO [ALGORITHM [WAY_OF_THE_SECRET]]
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port, back, algorithm = 'RS256', method = 'client_secret_basic'] = process.argv.slice(2);
const key = (alg, type, options) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  kid: alg,
  use: 'sig',
  alg,
});
const told = (id) => ({
  sub: id, email: `${id}@example.org`, email_verified: true, name: id, preferred_username: id,
});
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'techwatch',
    client_secret: 'a secret: of/the client',
    redirect_uris: [back],
    id_token_signed_response_alg: algorithm,
    token_endpoint_auth_method: method,
  }],
  jwks: {
    keys: [
      key('RS256', 'rsa', { modulusLength: 2048 }),
      key('ES256', 'ec', { namedCurve: 'P-256' }),
      key('EdDSA', 'ed25519', {}),
    ],
  },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA'] },
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  conformIdTokenClaims: false, // what it knows of somebody stands in the token
  findAccount: (_, id) => ({ accountId: id, claims: () => told(id) }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('open'));
