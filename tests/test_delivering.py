"""Deliveries from the ledger to a real mail server, and what becomes of those that go wrong."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.databases import on_both, on_postgresql
from tests.digests.delivery.mailbox import Mailbox, serving
from tests.storage.samples import NOW

from techwatch.delivering import DIED, STOPPED, Courier
from techwatch.digests.delivery.email import EmailChannel
from techwatch.digests.delivery.email_settings import EmailSettings
from techwatch.digests.delivery.folder import FolderChannel
from techwatch.digests.delivery.folder_settings import FolderSettings
from techwatch.digests.delivery.retries import RetrySettings
from techwatch.digests.delivery.senders import Sender
from techwatch.errors import StorageError
from techwatch.model import Coverage, Delivery, DeliveryState, Digest, RenderedDigest
from techwatch.storage import Store
from techwatch.testing import FakeClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.databases import Servers

    from techwatch.digests.delivery import Channel

pytestmark = on_both

DIGEST = Digest("daily", "Daily", NOW, None, NOW, "Subject", "", (), Coverage((), 0, 0, {}))
RENDERED = RenderedDigest("daily", NOW, "Subject", "<p>华为</p>", "华为", '{"groups": []}')
PEOPLE = tuple(f"r{n}@example.org" for n in range(6))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    opened.digests.watch(["daily"], NOW)
    rows = [("email", person, f"<{person}>") for person in PEOPLE]
    opened.digests.save(DIGEST, RENDERED, rows, NOW, scheduled=True)
    yield opened
    opened.close()


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    made = Sender(tmp_path / "senders")
    yield made
    made.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def with_mail(store: Store, sender: Sender, clock: FakeClock) -> Callable[..., Any]:
    """Run something with a courier that mails to a mailbox."""

    def run(
        mailbox: Mailbox,
        work: Callable[[Courier], Awaitable[Any]],
        email: dict[str, Any] | None = None,
        **settings: Any,
    ) -> Any:
        async def running() -> Any:
            async with serving(mailbox) as port:
                of = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 5}
                channel = EmailChannel(EmailSettings.model_validate(of | (email or {})))
                retries = RetrySettings.model_validate(settings)
                courier = Courier(store, {"email": channel}, sender, retries, clock)
                return await work(courier)

        return asyncio.run(running())

    return run


def states(store: Store) -> list[DeliveryState]:
    return [delivery.state for delivery in store.ledger.of("daily", NOW)]


def received(mailbox: Mailbox) -> list[str]:
    return sorted(envelope.rcpt_tos[0] for envelope in mailbox.got)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
        await asyncio.sleep(0.02)


def test_each_recipient_gets_a_message_of_their_own_once(
    store: Store, with_mail: Callable[..., Any]
) -> None:
    mailbox = Mailbox()
    sent = with_mail(mailbox, Courier.deliver)
    assert [delivery.state for delivery in sent] == [DeliveryState.SENT] * 6
    assert with_mail(mailbox, Courier.deliver) == []
    assert received(mailbox) == list(PEOPLE)
    entries = store.ledger.history([1])
    assert [entry.state for entry in entries] == ["due", "sending", "handed over", "sent"]


def test_a_recipient_who_is_refused_keeps_nobody_else_from_theirs(
    store: Store, with_mail: Callable[..., Any]
) -> None:
    mailbox = Mailbox(refused={PEOPLE[0]: "550 no such user", PEOPLE[1]: "450 busy"})
    with_mail(mailbox, Courier.deliver)
    assert states(store)[:3] == [DeliveryState.FAILED, DeliveryState.DUE, DeliveryState.SENT]
    assert received(mailbox) == list(PEOPLE[2:])


def test_a_repeated_message_is_the_same_byte_for_byte(
    store: Store, with_mail: Callable[..., Any], clock: FakeClock
) -> None:
    full, well = Mailbox(data="452 disk full"), Mailbox()
    with_mail(full, Courier.deliver)
    assert states(store) == [DeliveryState.DUE] * 6
    clock.move(timedelta(hours=3))
    with_mail(well, Courier.deliver)
    assert states(store) == [DeliveryState.SENT] * 6
    first = {e.rcpt_tos[0]: e.content for e in full.got}
    assert first == {e.rcpt_tos[0]: e.content for e in well.got}


def test_what_is_refused_for_good_or_too_long_is_given_up(
    store: Store, with_mail: Callable[..., Any], clock: FakeClock
) -> None:
    for _ in range(6):
        with_mail(Mailbox(mail="451 later"), Courier.deliver, first=60, window=500)
        clock.move(timedelta(hours=1))
    assert states(store) == [DeliveryState.FAILED] * 6
    assert store.ledger.delivery(1).attempts == 4  # 60 + 120 + 240 seconds, and 480 were too many


@pytest.mark.parametrize(
    ("policy", "held"), [("hold", DeliveryState.UNCERTAIN), ("resend", DeliveryState.DUE)]
)
def test_a_doubt_is_held_or_sent_again_as_the_setting_says(
    policy: str, held: DeliveryState, store: Store, with_mail: Callable[..., Any], clock: FakeClock
) -> None:
    mailbox = Mailbox(hang_up_at="DATA")
    with_mail(mailbox, Courier.deliver, on_uncertain=policy)
    assert states(store) == [held] * 6
    mailbox.hang_up_at = ""
    clock.move(timedelta(hours=1))
    with_mail(mailbox, Courier.deliver, on_uncertain=policy)
    assert len(mailbox.got) == (6 if policy == "hold" else 12)
    assert states(store) == [held if policy == "hold" else DeliveryState.SENT] * 6


def test_nothing_more_is_begun_after_stop(store: Store, with_mail: Callable[..., Any]) -> None:
    mailbox = Mailbox()
    with_mail(
        mailbox, lambda courier: courier.deliver(stop=lambda: len(mailbox.got) > 1), at_once=1
    )
    assert len(mailbox.got) == 2
    assert states(store) == [DeliveryState.SENT] * 2 + [DeliveryState.DUE] * 4


@pytest.mark.parametrize(
    ("fault", "state"),
    [({"silent_at": "MAIL"}, DeliveryState.DUE), ({"silent": True}, DeliveryState.UNCERTAIN)],
)
def test_cancelled_deliveries_are_due_before_they_are_handed_over_and_in_doubt_after(
    fault: dict[str, Any], state: DeliveryState, store: Store, with_mail: Callable[..., Any]
) -> None:
    async def cancelled(courier: Courier) -> None:
        task = asyncio.ensure_future(courier.deliver())
        await until(lambda: len(store.ledger.sending()) == 4)
        await until(lambda: state is DeliveryState.DUE or len(mailbox.got) == 4)
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.wait([task])

    mailbox = Mailbox(**fault)
    with_mail(mailbox, cancelled, {"timeout": 60})
    assert states(store) == [state] * 4 + [DeliveryState.DUE] * 2
    assert store.ledger.delivery(1).error == STOPPED


def test_one_that_takes_too_long_ends(store: Store, with_mail: Callable[..., Any]) -> None:
    with_mail(Mailbox(silent_at="MAIL"), Courier.deliver, at_most=1)
    assert states(store) == [DeliveryState.DUE] * 6
    assert store.ledger.delivery(1).error == "it took longer than 1 s"


def test_a_mail_server_that_stalls_holds_up_mails_only(
    store: Store, sender: Sender, clock: FakeClock, tmp_path: Path
) -> None:
    filed = store.ledger.add(("daily", NOW), "folder", "folder", "<folder@x>", NOW)

    async def deliver() -> None:
        async with serving(Mailbox(silent_at="MAIL")) as port:
            settings = EmailSettings(host="127.0.0.1", port=port, security="none", timeout=30)
            folder = FolderChannel(FolderSettings(), tmp_path)
            channels: dict[str, Channel] = {"email": EmailChannel(settings), "folder": folder}
            courier = Courier(store, channels, sender, RetrySettings(), clock)
            task = asyncio.ensure_future(courier.deliver())
            await until(lambda: store.ledger.delivery(filed.id).state is DeliveryState.SENT)
            await until(lambda: len(store.ledger.sending()) == 4)
            task.cancel()
            await asyncio.wait([task])

    asyncio.run(deliver())
    assert (tmp_path / "digests" / "daily" / "latest.html").is_file()


@on_postgresql
def test_what_was_sent_while_the_database_was_gone_is_noted_when_it_is_back(
    store: Store, sender: Sender, clock: FakeClock, tmp_path: Path, servers: Servers
) -> None:
    filed = store.ledger.add(("daily", NOW), "folder", "folder", "<folder@x>", NOW)
    sent: list[int] = []

    class Cutting(FolderChannel):
        async def send(self, digest: RenderedDigest, delivery: Delivery, handing: Any) -> None:
            await super().send(digest, delivery, handing)
            sent.append(delivery.id)
            servers.running().stop()

    folder: dict[str, Channel] = {"folder": Cutting(FolderSettings(), tmp_path)}
    courier = Courier(store, folder, sender, RetrySettings(), clock)
    for _ in range(2):
        with pytest.raises(StorageError, match="can't be"):
            asyncio.run(courier.deliver())
    servers.running().start()
    assert state_of(store, filed) is DeliveryState.SENDING
    asyncio.run(courier.deliver())
    assert state_of(store, filed) is DeliveryState.SENT
    assert sent == [filed.id]


def state_of(store: Store, delivery: Delivery) -> DeliveryState:
    return store.ledger.delivery(delivery.id).state


DYING = """
import sys, time
from pathlib import Path
from techwatch.digests.delivery.senders import Sender
print(Sender(Path(sys.argv[1])).name, flush=True)
time.sleep(60)
"""


def process(folder: Path) -> tuple[subprocess.Popen[str], str]:
    started = subprocess.Popen(
        [sys.executable, "-c", DYING, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    return started, started.stdout.readline().strip()


def test_a_dead_sender_is_known_by_its_lock_at_once(sender: Sender, tmp_path: Path) -> None:
    started, name = process(tmp_path / "senders")
    with started:
        assert not sender.is_dead(name)
        started.kill()
        started.wait()
        assert sender.is_dead(name)
    assert not sender.is_dead(sender.name)
    assert not sender.is_dead("who-never-was")  # it may send from another machine
    assert not sender.is_dead(None)
    other = Sender(tmp_path / "senders")
    other.close()
    assert not sender.is_dead(other.name)


@pytest.mark.parametrize(
    ("handed", "policy", "state"),
    [
        (False, "hold", DeliveryState.SENT),
        (True, "hold", DeliveryState.UNCERTAIN),
        (True, "resend", DeliveryState.SENT),
    ],
)
def test_what_a_dead_process_left_is_taken_up_at_once(
    handed: bool,  # noqa: FBT001 - a parameter of the test
    policy: str,
    state: DeliveryState,
    store: Store,
    with_mail: Callable[..., Any],
    tmp_path: Path,
) -> None:
    started, name = process(tmp_path / "senders")
    with started:
        claimed = store.ledger.claim(store.ledger.delivery(1), name, NOW)
        assert claimed is not None
        if handed:
            store.ledger.hand_over(claimed, NOW)
        with_mail(Mailbox(), Courier.deliver)
        assert store.ledger.delivery(1).state is DeliveryState.SENDING  # it lives
        started.kill()
        started.wait()
        with_mail(Mailbox(), Courier.deliver, on_uncertain=policy)
    assert store.ledger.delivery(1).state is state
    assert (store.ledger.delivery(1).error == DIED) == (state is DeliveryState.UNCERTAIN)


def test_what_nobody_can_know_of_is_taken_up_when_its_lease_is_over(
    store: Store, with_mail: Callable[..., Any], clock: FakeClock
) -> None:
    assert store.ledger.claim(store.ledger.delivery(1), "elsewhere", NOW)
    with_mail(Mailbox(), Courier.deliver)
    assert store.ledger.delivery(1).state is DeliveryState.SENDING
    clock.move(timedelta(seconds=961))
    with_mail(Mailbox(), Courier.deliver)
    assert store.ledger.delivery(1).state is DeliveryState.SENT


def test_who_slept_too_long_hands_nothing_over(
    store: Store, with_mail: Callable[..., Any], clock: FakeClock
) -> None:
    async def overtaken(courier: Courier) -> list[Delivery]:
        task = asyncio.ensure_future(courier.deliver(lambda delivery: delivery.id == 1))
        await until(lambda: bool(store.ledger.sending()))
        [asleep] = store.ledger.sending()
        assert store.ledger.take_back(asleep, clock(), DIED, clock())
        assert store.ledger.claim(store.ledger.delivery(1), "another", clock())
        mailbox.released.set()
        return await task

    mailbox = Mailbox(silent_at="RCPT")
    with_mail(mailbox, overtaken)
    assert mailbox.got == []
    assert store.ledger.delivery(1).claimed_by == "another"


RACING = """
import asyncio, sys, time
from pathlib import Path
from techwatch.settings import load
from techwatch.watch import Watch
data, url, port, number = sys.argv[1:]
options = [f"data_dir={data}", "email.host=127.0.0.1", f"email.port={port}", "email.security=none"]
settings = load(Path("none.yaml"), {"TECHWATCH_DATABASE_URL": url}, options)
watch = Watch(lambda: settings, Path(), Path())
watch.courier
Path(data, f"ready-{number}").touch()
while len(list(Path(data).glob("ready-*"))) < 2:
    time.sleep(0.001)
asyncio.run(watch.deliver())
watch.close()
"""


def test_two_processes_at_once_send_each_once(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    mailbox = Mailbox(pause=0.3)

    async def race() -> None:
        async with serving(mailbox) as port:
            command = [sys.executable, "-c", RACING, str(tmp_path), database_url, str(port)]
            both = [await asyncio.create_subprocess_exec(*command, n) for n in "12"]
            assert [await one.wait() for one in both] == [0, 0]

    asyncio.run(race())
    assert received(mailbox) == list(PEOPLE)
    assert states(store) == [DeliveryState.SENT] * 6
    senders = {entry.note for entry in store.ledger.history(range(10)) if entry.state == "sending"}
    assert len(senders) == 2  # both had a part in it
