"""Experiments with time: clocks that are wrong, nights on which they change, a day without mail."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fault_rig import Installation, Outcome, lived, undisturbed
from fault_world import HOUR, ROUNDS, World

from techwatch.storage import Store

if TYPE_CHECKING:
    import random
    from pathlib import Path

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
ROUNDS_OF_A_DAY = 28  # until every slot has come that a clock a day ahead has told early
NIGHTS = (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC))
NIGHTLY = ("30 2 * * *", "0 * * * *", "*/30 1-3 * * *")


def back(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Set the clock back an hour before a round, and leave it so for that round."""
    return _moved(world, folder, -HOUR, times, lot)


def forward(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Set the clock forward a day for a round, then right again."""
    return _moved(world, folder, DAY, times, lot)


def _moved(world: World, folder: Path, by: timedelta, times: int, lot: random.Random) -> Outcome:
    name = "clock an hour back" if by < timedelta() else "clock a day forward, then right"
    found = Outcome(name, recovers="by itself, as soon as the clock is right")
    sign = "back" if by < timedelta() else "forward"
    expected = undisturbed(Installation(world, folder / f"{sign}-0"), ROUNDS_OF_A_DAY)
    for number in range(min(times, ROUNDS)):
        one = Installation(world, folder / f"{sign}-{number + 1}")

        def disturb(hour: int, one: Installation = one, at: int = number) -> None:
            if hour == at:
                one.tick()
                one.clock.move(by)
                one.tick()
                found.take(one)
                one.clock.move(-by)

        found.add(lived(one, disturb, ROUNDS_OF_A_DAY), expected)
    del lot
    return found


def nights(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Live through both nights on which clocks change, a tick in a quarter of an hour."""
    found = Outcome("nights when clocks change (Europe/Oslo)", recovers="nothing to recover from")
    for place, (night, schedule) in enumerate((n, s) for n in NIGHTS for s in NIGHTLY):
        one = Installation(world, folder / f"night-{place}", schedule)
        one.clock.set(night)
        world.publish(0)
        for _ in range(7 * 4):
            one.tick()
            one.clock.move(QUARTER)
        found.take(one)
        with closing(Store.open(one.watch.database_url)) as store:
            slots = sorted(d.slot for d in store.digests.latest("hourly", 100))
        found.times += 1
        wanted = _wanted(night, schedule)
        if slots != wanted:
            found.lost.append(f"{schedule}: {slots}, not {wanted}")
        one.close()
    world.mails()
    del times, lot
    return found


def _wanted(night: datetime, schedule: str) -> list[datetime]:
    """Return the slots of a night, written down by hand: hours and halves after 22:00 UTC."""
    spring = night.month == 3
    hours: dict[str, list[float]] = {
        # 02:30 does not exist in spring: it comes at 03:30, which is 01:30 UTC; in autumn it comes
        # twice, of which the first counts: 00:30 UTC.
        "30 2 * * *": [3.5] if spring else [2.5],
        # Every hour of the wall's clock once: in spring 02:00 and 03:00 are one, in autumn the
        # second 02:00 is none.
        "0 * * * *": [1, 2, 3, 4, 5, 6] if spring else [1, 2, 4, 5, 6],
        "*/30 1-3 * * *": [2, 2.5, 3, 3.5] if spring else [1, 1.5, 2, 2.5, 4, 4.5],
    }
    return [night + at * HOUR for at in hours[schedule]]


def mail(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Take the mail server away for a day, a round an hour."""
    found = Outcome(
        "mail server gone for a day", recovers="by itself, within an hour of its return"
    )
    rounds = 26
    expected = undisturbed(Installation(world, folder / "mail-0"), rounds)
    one = Installation(world, folder / "mail-1")

    def disturb(hour: int) -> None:
        if hour == 1:
            world.close_mail()
        if hour == rounds - 2:
            found.take(one)
            world.open_mail()

    found.add(lived(one, disturb, rounds), expected)
    del times, lot
    return found
