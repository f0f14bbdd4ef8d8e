"""Send digests by SMTP: one message for each recipient, over TLS unless told otherwise."""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import aiosmtplib

from techwatch.digests.delivery.message import build
from techwatch.errors import DeliveryError, DeliveryUncertainError
from techwatch.text import tidy

if TYPE_CHECKING:
    from techwatch.digests.delivery import Handing
    from techwatch.digests.delivery.email_settings import EmailSettings
    from techwatch.model import Delivery, Edition, RenderedDigest

_PORTS = {"none": 25, "starttls": 587, "opportunistic": 25, "tls": 465}
_START_TLS = {"starttls": True, "opportunistic": None}  # None: where the server offers it
_FAREWELL = 5.0  # seconds
_ANSWER = 200  # characters of a server's answer that an error repeats
_PERMANENT = 500  # RFC 5321, 4.2.1: from here on "do not repeat the exact request"
_LOGIN_REQUIRED = 530  # RFC 4954: a matter of our settings, which can be mended


class EmailChannel:
    """The channel `email`."""

    id = "email"
    repeatable = False

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._tls_context: ssl.SSLContext | None = None

    def recipients(self, edition: Edition) -> tuple[str, ...]:
        """Return the edition's addresses."""
        return edition.recipients

    def problem(self, edition: Edition) -> str | None:
        """Name what is missing: a mail server, or somebody to write to."""
        if self._settings.host is None:
            return "email.host is not set: name the mail server in techwatch.yaml"
        return None if edition.recipients else "it needs at least one address in `recipients`"

    async def send(self, digest: RenderedDigest, delivery: Delivery, handing_over: Handing) -> None:
        """Send one message; raises DeliveryError or DeliveryUncertainError, see Channel."""
        settings = self._settings
        try:
            message = build(
                digest,
                delivery.message_id,
                sender=settings.sender,
                sender_name=settings.sender_name,
                recipient=delivery.recipient,
                unsubscribe=settings.unsubscribe,
            )
        except ValueError as error:
            raise DeliveryError(self.id, str(error), permanent=True) from error
        client = self._client()
        try:
            await self._open(client)
            await self._envelope(client, delivery.recipient)
            await handing_over()
            await self._hand_over(client, message.as_bytes())
            with suppress(aiosmtplib.SMTPException, OSError):  # the message is theirs already
                await client.quit(timeout=_FAREWELL)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        if settings.host is None:
            self._fail("no mail server is configured")
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port or _PORTS[settings.security],
            use_tls=settings.security == "tls",
            start_tls=_START_TLS.get(settings.security, False),
            tls_context=None if settings.security == "none" else self._tls(),
            timeout=settings.timeout,
        )

    def _tls(self) -> ssl.SSLContext:
        """Return the rules for encryption; made once, as reading certificates takes 50 ms."""
        self._tls_context = self._tls_context or self._fresh_tls()
        return self._tls_context

    def _fresh_tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._settings.security == "opportunistic":
            # RFC 7435: whoever would do without encryption need not ask whom it is with.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self._settings.ca_file is not None:
            try:
                context.load_verify_locations(cafile=self._settings.ca_file)
            except OSError as error:  # ssl.SSLError is one
                self._fail(f"certificates {self._settings.ca_file} can't be read: {error}")
        return context

    async def _open(self, client: aiosmtplib.SMTP) -> None:
        """Connect, encrypt, log in. What fails here can be mended: it is never permanent."""
        settings = self._settings
        try:
            await client.connect()
            if settings.username is not None and settings.password is not None:
                await client.login(settings.username, settings.password.get_secret_value())
        except aiosmtplib.SMTPResponseException as error:
            self._fail(f"the mail server refused us: {_answer(error)}")
        except (aiosmtplib.SMTPException, OSError) as error:
            self._fail(f"the mail server can't be reached: {tidy(str(error))}")

    async def _envelope(self, client: aiosmtplib.SMTP, recipient: str) -> None:
        try:
            await client.mail(self._settings.sender)
        except aiosmtplib.SMTPResponseException as error:
            self._fail(f"the mail server refused the sender: {_answer(error)}")
        except (aiosmtplib.SMTPException, OSError) as error:
            self._fail(f"the connection broke before the message was sent: {tidy(str(error))}")
        try:
            await client.rcpt(recipient)
        except aiosmtplib.SMTPResponseException as error:
            permanent = error.code >= _PERMANENT and error.code != _LOGIN_REQUIRED
            self._fail(f"the mail server refused {recipient}: {_answer(error)}", permanent)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._fail(f"the connection broke before the message was sent: {tidy(str(error))}")

    async def _hand_over(self, client: aiosmtplib.SMTP, content: bytes) -> None:
        """Send the message itself. From here on only the server's answer tells what became of it.

        A connection that breaks already at the command DATA counts as uncertain too: the client
        library does not tell the two apart, and a doubt is better than a second mail.
        """
        try:
            await client.data(content, timeout=self._settings.data_timeout)
        except aiosmtplib.SMTPResponseException as error:
            permanent = error.code >= _PERMANENT
            self._fail(f"the mail server refused the message: {_answer(error)}", permanent)
        except (aiosmtplib.SMTPException, OSError) as error:
            message = f"the connection broke while the message was sent: {tidy(str(error))}"
            raise DeliveryUncertainError(self.id, message) from error

    def _fail(self, message: str, permanent: bool = False) -> NoReturn:  # noqa: FBT001, FBT002 - passed on by name at once
        raise DeliveryError(self.id, message, permanent=permanent)


def _answer(error: aiosmtplib.SMTPResponseException) -> str:
    return f"{error.code} {tidy(error.message)[:_ANSWER]}"
