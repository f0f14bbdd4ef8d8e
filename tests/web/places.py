"""The desks that a real browser is shown, and an example of each id that an address may hold."""

from __future__ import annotations

import re
import sqlite3
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.web import world
from tests.web.conftest import serving
from tests.web.doors import CHEAP, PASSWORD

from techwatch import judgements
from techwatch.digests.development import development
from techwatch.issues import stamp
from techwatch.model import Decision
from techwatch.web.identity import passwords
from techwatch.web.identity.accounts import MACHINE
from techwatch.web.identity.roles import Role, Scope
from techwatch.web.identity.sessions import person_of
from techwatch.web.renewing import Watching
from techwatch.web.site import Site
from techwatch.web.views import filters, hooks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.model import Development
    from techwatch.watch import Watch

DESKS = ("inside", "outside", "bare", "hasty", "broken")
_PROVIDER = {"issuer": "https://id.example.org", "client_id": "desk", "name": "Example Login"}


@dataclass(frozen=True)
class Place:
    """Where desks are served."""

    desks: dict[str, str]  # by name: one without login; one that asks for it; one without news ...
    known: dict[str, str]  # an example of each id that an address may hold

    @property
    def inside(self) -> str:
        """The desk with news that needs no login."""
        return self.desks["inside"]

    @property
    def outside(self) -> str:
        """The desk that asks for a login."""
        return self.desks["outside"]

    def address(self, path: str, desk: str = "inside") -> str:
        """Return where a page is; raises LookupError where an id of it has no example."""
        filled = path
        for part in re.findall(r"{(\w+)(?::\w+)?}", path):
            if part not in self.known:
                raise LookupError(f"tests/web/places.py needs an example of {{{part}}} of {path}")
            filled = re.sub(rf"{{{part}(?::\w+)?}}", self.known[part], filled)
        return self.desks[desk] + filled


@contextmanager
def place(folder: Path, language: str = "en") -> Iterator[Place]:
    """Serve all desks, with what they hold in a folder."""
    was = passwords.PARAMETERS
    passwords.PARAMETERS = CHEAP  # a real one takes most of the time that it takes to log in
    try:
        with ExitStack() as stack:
            open_, known = _open(folder, language)
            desks = {name: stack.enter_context(serving(watch)) for name, watch in open_.items()}
            _break(folder / "broken" / "techwatch.db")
            yield Place(desks, known)
    finally:
        passwords.PARAMETERS = was


def _break(database: Path) -> None:
    """Take a table away, so that its page can't be made, and spoil a row, which is a fault."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE digests")
        connection.execute(
            "INSERT INTO audit (at, person, action, target, details, address)"
            " VALUES ('2026-03-02 07:30:00.000000', 'kari', 'filters.save', '', '{', '')"
        )
        connection.commit()


def _open(folder: Path, language: str) -> tuple[dict[str, Watch], dict[str, str]]:
    free: dict[str, object] = {"login": "none", "language": language}
    inside = world.told(folder / "inside", free)
    outside = world.empty(folder / "outside", {"language": language, "oidc": _PROVIDER})
    made = {
        "inside": inside,
        "outside": outside,
        "bare": world.empty(folder / "bare", free),
        "hasty": world.empty(folder / "hasty", free | {"a_minute": 10}),
        "broken": world.empty(folder / "broken", free),
    }
    return made, _examples(inside) | _furnished(inside) | _peopled(outside)


def _examples(watch: Watch) -> dict[str, str]:
    stories = watch.store.digests.untold("", watch.clock() - timedelta(days=365))
    all_told = [development(story, watch.baseline, "en") for story in stories]
    longest = max(all_told, key=lambda told: len(told.others))
    single = next(told for told in all_told if not told.others and told.entity_id)
    lacks = watch.judge.names.lacks
    names = watch.store.emerging.names()
    name = next(n for n in names if n.key.isascii() and lacks(n.key, n.language))
    [issue] = watch.store.digests.issues(limit=1)
    _judged(watch, all_told)
    return {
        "story_id": longest.story_id,
        "single": single.story_id,
        "arabic": next(told.story_id for told in all_told if told.language == "ar"),
        "wide": next(told.story_id for told in all_told if "https://" in told.title),
        "item_id": longest.item_id,
        "entity_id": longest.entity_id or "tiktok",
        "language": "zh",
        "name": quote(name.key),
        "edition": issue.edition_id,
        "slot": stamp(issue.slot),
    }


def _judged(watch: Watch, all_told: list[Development]) -> None:
    """Say something of some, each at its time; the last four stay on Today."""
    words = (Decision.REJECT, Decision.KNOWN, Decision.ACCEPT, Decision.ACCEPT, Decision.ACCEPT)
    some = sorted((one for one in all_told if not one.others), key=lambda one: one.title)
    for number, (one, word) in enumerate(zip(some, words, strict=False)):
        of = judgements.subject(watch.store, one.story_id)
        note = "The court's own page says so; 见判决书。" if number == 3 else ""
        at = watch.clock() - timedelta(days=20 - 4 * number)
        judgements.decide(watch.store, watch.judge, of, word, note, who="kari", now=at)


def _furnished(watch: Watch) -> dict[str, str]:
    """Save filters, make a webhook and a token."""
    site = Site(Watching(watch))
    local = site.doorkeeper.local()
    saved = filters.save(watch, local.id, "上海", "verdict=novel")
    filters.save(
        watch,
        local.id,
        "Steps of the European Union against platforms",
        "verdict=escalating&jurisdiction=eu",
    )
    for one in watch.store.saved.filters(local.id):  # keys wrap otherwise each time
        watch.store.saved.renew_key(one.id, local.id, f"{one.id:032}")
    hooks.add(watch, saved, "https://hooks.example.org/services/techwatch/receive")
    me = person_of(local, "127.0.0.1")
    site.own.make_token(me, "Weekly table of verdicts", [Scope.READ, Scope.TEACH], 90)
    for name, role in (("kari", Role.ANALYST), ("ada.lovelace", Role.READER)):
        key = site.accounts.invite(me, role)
        site.accounts.accept(key, name, PASSWORD, "192.0.2.7")
    site.accounts.invite(me, Role.READER)
    return {"filter_id": str(saved.id)}


def _peopled(watch: Watch) -> dict[str, str]:
    """Invite an analyst, and have a reader who can log in."""
    accounts = Site(Watching(watch)).accounts
    accounts.accept(accounts.invite(MACHINE, Role.READER), "reader", PASSWORD, "192.0.2.8")
    return {"key": accounts.invite(MACHINE, Role.ANALYST)}
