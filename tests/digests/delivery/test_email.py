"""Against a real SMTP server on the loopback, which misbehaves as told."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import nullcontext
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from pydantic import SecretStr, ValidationError
from tests.digests.samples import EDITION, OUTBOUND, SLOT

from techwatch.digests.delivery.email import EmailChannel
from techwatch.digests.delivery.email_settings import EmailSettings
from techwatch.errors import DeliveryError, DeliveryUncertainError

from .mailbox import Mailbox, nothing, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import trustme

    from techwatch.model import Delivery, RenderedDigest


def post(
    digest: RenderedDigest,
    delivery: Delivery,
    mailbox: Mailbox,
    options: dict[str, Any] | None = None,
    **settings: Any,
) -> None:
    async def run() -> None:
        async with serving(mailbox, **(options or {})) as port:
            chosen = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 5}
            channel = EmailChannel(EmailSettings.model_validate(chosen | settings))
            await channel.send(digest, delivery, nothing)

    asyncio.run(run())


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_digest_arrives_with_its_chinese_intact(
    rendered: RenderedDigest, delivery: Callable[..., Delivery]
) -> None:
    mailbox = Mailbox()
    post(rendered, delivery(), mailbox, sender="watch@example.org")
    (envelope,) = mailbox.got
    assert envelope.rcpt_tos == ["adviser@example.org"]
    assert envelope.mail_from == "watch@example.org"
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=default)
    html = message.get_body(("html",))
    assert html is not None
    assert OUTBOUND.title in html.get_content()
    assert message["Message-ID"] == delivery().message_id
    assert message["To"] == "adviser@example.org"
    assert message["Date"].datetime == SLOT


def test_lines_that_begin_with_a_dot_arrive(
    rendered: RenderedDigest, delivery: Callable[..., Delivery]
) -> None:
    mailbox = Mailbox()
    post(replace(rendered, text="first\n.\n..dots\nlast\n"), delivery(), mailbox)
    (envelope,) = mailbox.got
    assert isinstance(envelope.content, bytes)
    text = message_from_bytes(envelope.content, policy=default).get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == ["first", ".", "..dots", "last"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted_with_login(
    security: str,
    rendered: RenderedDigest,
    delivery: Callable[..., Delivery],
    ca_file: Path,
    server_tls: ssl.SSLContext,
) -> None:
    seen: list[tuple[bytes, bytes]] = []

    def login(_s: Any, _session: Any, _e: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    options: dict[str, Any] = {"authenticator": login, "auth_required": True}
    if security == "starttls":
        options |= {"tls_context": server_tls, "require_starttls": True}
    else:
        options |= {"ssl": server_tls, "auth_require_tls": False}
    mailbox = Mailbox()
    with pytest.warns(UserWarning, match="TLS") if security == "tls" else nullcontext():
        post(
            rendered,
            delivery(),
            mailbox,
            options,
            security=security,
            ca_file=ca_file,
            username="watch",
            password="p\u00e4ss",
        )
    assert seen == [(b"watch", "p\u00e4ss".encode())]
    assert len(mailbox.got) == 1


def test_opportunistic_takes_any_encryption_there_is_and_does_without(
    rendered: RenderedDigest, delivery: Callable[..., Delivery], server_tls: ssl.SSLContext
) -> None:
    encrypted, plain = Mailbox(), Mailbox()
    options = {"tls_context": server_tls, "require_starttls": True}
    post(rendered, delivery(), encrypted, options, security="opportunistic")
    post(rendered, delivery(), plain, security="opportunistic")
    assert (len(encrypted.got), len(plain.got)) == (1, 1)


def refused(
    mailbox: Mailbox,
    digest: RenderedDigest,
    delivery: Delivery,
    options: dict[str, Any] | None = None,
    **settings: Any,
) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        post(digest, delivery, mailbox, options, **settings)
    return caught.value


def test_a_certificate_nobody_vouches_for_ends_it_before_a_word_is_said(
    rendered: RenderedDigest,
    delivery: Callable[..., Delivery],
    server_tls: ssl.SSLContext,
) -> None:
    mailbox = Mailbox()
    error = refused(mailbox, rendered, delivery(), {"tls_context": server_tls}, security="starttls")
    assert not isinstance(error, DeliveryUncertainError)
    assert not error.permanent
    assert "certificate" in str(error).lower()
    assert mailbox.got == []


def test_a_server_without_starttls_is_not_trusted_with_the_digest(
    rendered: RenderedDigest, delivery: Callable[..., Delivery]
) -> None:
    mailbox = Mailbox()
    error = refused(mailbox, rendered, delivery(), security="starttls")
    assert not error.permanent
    assert mailbox.got == []


@pytest.mark.parametrize(
    ("answers", "permanent"),
    [
        ({"mail": "451 later"}, False),
        ({"mail": "550 we don't know you"}, False),
        ({"rcpt": "450 mailbox busy"}, False),
        ({"rcpt": "550 no such user"}, True),
        ({"rcpt": "530 log in first"}, False),
        ({"data": "452 disk full"}, False),
        ({"data": "554 smells of spam"}, True),
    ],
    ids=str,
)
def test_a_refusal_is_permanent_only_where_trying_again_is_pointless(
    answers: dict[str, str],
    permanent: bool,  # noqa: FBT001 - a parameter of the test
    rendered: RenderedDigest,
    delivery: Callable[..., Delivery],
) -> None:
    error = refused(Mailbox(**answers), rendered, delivery())  # type: ignore[arg-type]
    assert not isinstance(error, DeliveryUncertainError)
    assert error.permanent == permanent
    assert error.channel == "email"
    (answer,) = answers.values()
    assert answer in str(error)


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_connection_lost_before_the_message_is_no_doubt(
    command: str, rendered: RenderedDigest, delivery: Callable[..., Delivery]
) -> None:
    mailbox = Mailbox(hang_up_at=command)
    error = refused(mailbox, rendered, delivery())
    assert not isinstance(error, DeliveryUncertainError)
    assert not error.permanent
    assert mailbox.got == []


def test_a_connection_lost_after_the_message_is_uncertain(
    rendered: RenderedDigest, delivery: Callable[..., Delivery]
) -> None:
    mailbox = Mailbox(hang_up_at="DATA")
    error = refused(mailbox, rendered, delivery())
    assert isinstance(error, DeliveryUncertainError)
    assert len(mailbox.got) == 1  # it had arrived indeed


def test_a_server_that_falls_silent_after_the_message_is_uncertain(
    rendered: RenderedDigest, delivery: Callable[..., Delivery]
) -> None:
    error = refused(Mailbox(silent=True), rendered, delivery(), data_timeout=0.2)
    assert isinstance(error, DeliveryUncertainError)


def test_wrong_password_can_be_mended(
    rendered: RenderedDigest,
    delivery: Callable[..., Delivery],
    ca_file: Path,
    server_tls: ssl.SSLContext,
) -> None:
    def login(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    error = refused(
        Mailbox(),
        rendered,
        delivery(),
        {"tls_context": server_tls, "authenticator": login},
        security="starttls",
        ca_file=ca_file,
        username="watch",
        password="secret-word",
    )
    assert not error.permanent
    assert "535" in str(error)
    assert "secret-word" not in str(error)


def test_nobody_listens(rendered: RenderedDigest, delivery: Callable[..., Delivery]) -> None:
    async def run() -> None:
        async with serving(Mailbox()) as port:
            pass
        settings = EmailSettings(host="127.0.0.1", port=port, security="none", timeout=5)
        await EmailChannel(settings).send(rendered, delivery(), nothing)

    with pytest.raises(DeliveryError, match="can't be reached") as caught:
        asyncio.run(run())
    assert not caught.value.permanent


def test_a_server_that_never_greets(
    rendered: RenderedDigest, delivery: Callable[..., Delivery]
) -> None:
    async def run() -> None:
        release = asyncio.Event()

        async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await release.wait()
            writer.close()

        server = await asyncio.start_server(mute, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        settings = EmailSettings(host="127.0.0.1", port=port, security="none", timeout=0.2)
        try:
            await EmailChannel(settings).send(rendered, delivery(), nothing)
        finally:
            release.set()
            server.close()
            await server.wait_closed()

    with pytest.raises(DeliveryError) as caught:
        asyncio.run(run())
    assert not isinstance(caught.value, DeliveryUncertainError)


def test_an_address_that_is_a_header_is_refused_before_anything_is_sent(
    rendered: RenderedDigest, delivery: Callable[..., Delivery]
) -> None:
    mailbox = Mailbox()
    error = refused(mailbox, rendered, delivery("a@example.org\r\nRCPT TO:<b@example.org>"))
    assert error.permanent
    assert mailbox.got == []


def test_without_a_server_nothing_is_sent_and_it_says_so(
    rendered: RenderedDigest, delivery: Callable[..., Delivery]
) -> None:
    channel = EmailChannel(EmailSettings())
    with pytest.raises(DeliveryError, match="no mail server is configured") as caught:
        asyncio.run(channel.send(rendered, delivery(), nothing))
    assert not caught.value.permanent


def test_certificates_that_can_t_be_read_are_named(
    rendered: RenderedDigest, delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    settings = EmailSettings(host="127.0.0.1", ca_file=tmp_path / "none.pem")
    with pytest.raises(DeliveryError, match=r"none\.pem can't be read"):
        asyncio.run(EmailChannel(settings).send(rendered, delivery(), nothing))


def test_recipients_are_the_edition_s() -> None:
    edition = replace(EDITION, recipients=("a@example.org", "b@example.org"))
    channel = EmailChannel(EmailSettings())
    assert channel.recipients(edition) == ("a@example.org", "b@example.org")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"username": "a"}, "belong together"),
        ({"password": "b"}, "belong together"),
        (
            {"host": "mail.example.org", "security": "none", "username": "a", "password": "b"},
            "send the password readable",
        ),
        (
            {"host": "m.example", "security": "opportunistic", "username": "a", "password": "b"},
            "send the password readable",
        ),
        ({"unsubscribe": "http://example.org/stop"}, "should match pattern"),
        ({"unsubscribe": "https://example.org/a>b"}, "should match pattern"),
        ({"domain": "a b"}, "should match pattern"),
        ({"sender": "a@example.org\r\nBcc: b@example.org"}, "should match pattern"),
        ({"sender": "a@example.org\n"}, "should match pattern"),
        ({"security": "ssl"}, "'opportunistic' or 'none'"),
        ({"prot": 25}, "Extra inputs"),
    ],
)
def test_settings_that_can_t_work_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EmailSettings.model_validate(settings)


def test_the_password_never_shows() -> None:
    settings = EmailSettings(host="localhost", username="a", password=SecretStr("hush"))
    assert "hush" not in repr(settings)
    local = EmailSettings(
        host="localhost", security="none", username="a", password=SecretStr("hush")
    )
    assert local.password is not None
