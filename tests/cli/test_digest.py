"""`techwatch digest` in processes of its own, against a real mail server."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from aiosmtpd.controller import Controller

from techwatch.model import Coverage, Delivery, DeliveryState, Digest, RenderedDigest
from techwatch.storage import Store, sqlite_url

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

SLOT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DIGEST = Digest("daily", "Daily", SLOT, None, SLOT, "Subject", "", (), Coverage((), 0, 0, {}))
RENDERED = RenderedDigest("daily", SLOT, "Subject", "<p>华为</p>", "华为", '{"groups": []}')


class Inbox:
    """What the mail server was handed: recipient and Message-ID."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del server, session
        message = message_from_bytes(envelope.content)
        self.got.append((envelope.rcpt_tos[0], message["Message-ID"]))
        return "250 taken"


@pytest.fixture
def inbox(config: Path) -> Iterator[Inbox]:
    """A mail server, and a configuration that mails to it."""
    box = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    path = config / "techwatch.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["email"] = {"host": "127.0.0.1", "port": port, "security": "none"}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    yield box
    server.stop()


@pytest.fixture
def ledger(config: Path) -> tuple[Delivery, ...]:
    """A digest of which one delivery is sent, one in doubt and one has failed."""
    url = sqlite_url(config.parent / "data" / "techwatch.db")
    rows = [("email", f"{name}@example.org", f"<{name}@x>") for name in "abc"]
    with closing(Store.open(url)) as store:
        store.digests.watch(["daily"], SLOT)
        store.digests.save(DIGEST, RENDERED, rows, SLOT, scheduled=True)
        taken = [store.ledger.claim(due, "gone", SLOT) for due in store.ledger.due(SLOT)]
        sent, doubtful, failed = (one for one in taken if one)
        store.ledger.sent(sent, SLOT)
        store.ledger.end(doubtful, DeliveryState.UNCERTAIN, "it broke", SLOT)
        store.ledger.end(failed, DeliveryState.FAILED, "550 no such user", SLOT)
        return store.ledger.of("daily", SLOT)


def test_without_digests_commands_say_so(run: Run) -> None:
    ended = run("digest", "list")
    assert ended.returncode == 1
    assert "techwatch run" in ended.stderr
    assert "EDITION" in run("digest", "--help").stdout


def test_digests_are_listed_and_shown(run: Run, ledger: tuple[Delivery, ...]) -> None:
    assert len(ledger) == 3
    listed = run("digest", "list", "--edition", "daily").stdout
    assert "2026-03-02T06:00Z" in listed
    assert "1 failed, 1 sent, 1 uncertain" in listed
    [record] = map(json.loads, run("digest", "list", "--json").stdout.splitlines())
    assert record["states"] == {"failed": 1, "sent": 1, "uncertain": 1}
    assert run("digest", "show", "daily", "latest").stdout == "华为\n"
    assert run("digest", "show", "daily", "2026-03-02", "--html").stdout == "<p>华为</p>\n"
    shown = run("digest", "show", "daily", "2026-03-02T07:00+01:00", "--ledger").stdout
    assert "email to b@example.org: uncertain" in shown
    assert "550 no such user" in shown
    lines = run("digest", "show", "daily", "latest", "--ledger", "--json").stdout.splitlines()
    assert [json.loads(line)["history"][-1]["state"] for line in lines] == [
        "sent",
        "uncertain",
        "failed",
    ]
    unknown = run("digest", "show", "daily", "2025")
    assert unknown.returncode == 1
    assert "the newest are 2026-03-02T06:00Z" in unknown.stderr
    assert "there are digests of daily" in run("digest", "show", "weekly", "latest").stderr


def test_a_person_decides_on_what_is_in_doubt(
    run: Run, inbox: Inbox, ledger: tuple[Delivery, ...]
) -> None:
    sent, doubtful, failed = (str(one.id) for one in ledger)
    status = run("status")
    assert f"techwatch digest resolve {doubtful} send" in status.stdout
    resolved = run("digest", "resolve", doubtful, "send")
    assert resolved.returncode == 0, resolved.stderr
    assert inbox.got == [("b@example.org", "<b@x>")]
    assert run("digest", "resolve", failed, "drop").returncode == 0
    assert "resolve" not in run("status").stdout
    refused = run("digest", "resolve", sent, "send")
    assert refused.returncode == 1
    assert "`techwatch digest resend daily 2026-03-02T06:00Z`" in refused.stderr
    assert "no delivery '99'" in run("digest", "resolve", "99", "drop").stderr


def test_a_digest_goes_out_again_on_wish(
    run: Run, inbox: Inbox, ledger: tuple[Delivery, ...]
) -> None:
    assert len(ledger) == 3
    again = run("digest", "resend", "daily", "latest", "--to", "a@example.org")
    assert again.returncode == 0, again.stderr
    assert "email to a@example.org: sent" in again.stdout
    [(recipient, name)] = inbox.got
    assert recipient == "a@example.org"
    assert name != "<a@x>"  # or a mail program would hide it
    assert run("digest", "resend", "daily", "latest", "--to", "new@example.org").returncode == 0
    assert inbox.got[1][0] == "new@example.org"
    wrong = run("digest", "resend", "daily", "latest", "--to", "nobody")
    assert wrong.returncode == 1
    assert "it went to a@example.org, b@example.org" in wrong.stderr
    shown = run("digest", "show", "daily", "latest", "--ledger").stdout
    assert "asked for by hand; it was sent as <a@x>" in shown
