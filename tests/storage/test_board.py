"""What the desk reads: developments in outline and in full, a story, filters, webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.databases import on_both

from techwatch.digests.development import lead
from techwatch.errors import LedgerError, NotFoundError
from techwatch.model import Filter, Hook, Verdict

from .samples import FEED, NOW, item, judged, outcome

if TYPE_CHECKING:
    from techwatch.storage import Store

pytestmark = on_both


def told(store: Store) -> None:
    """Store a development of two items, of which the first was changed."""
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1, "Draft"), item(2, "More")), NOW)
    for number, stored in enumerate(store.judging.unjudged(10)):
        place(store, stored, opens=number == 0)
    store.feeds.record(outcome(item(1, "Adopted"), item(2, "More")), NOW + timedelta(hours=1))
    for stored in store.judging.unjudged(10):
        place(store, stored, opens=False)


def place(store: Store, stored: object, *, opens: bool) -> None:
    with store.judging.judging() as judging:
        judging.save(judged(stored, "a" * 16, opens=opens), ("x",), (), NOW)  # type: ignore[arg-type]


def test_a_development_is_read_in_outline_in_full_and_as_a_story(store: Store) -> None:
    told(store)
    assert store.board.newest(10) == ("a" * 16,)
    [listed] = store.board.listed(["a" * 16, "b" * 16])
    ids = [telling.item_id for telling in listed.tellings]
    assert sorted(ids) == sorted([item(1).id, item(2).id])
    assert {telling.verdict for telling in listed.tellings} == {Verdict.ESCALATING}
    assert set(store.board.said(ids)) <= set(ids)
    [full] = store.board.told(["a" * 16, "b" * 16], lambda r: lead(r, "en")).values()
    assert [report.stored.item.id for report in full.reports] == ids
    marks = store.board.judged_since(NOW - timedelta(days=1))
    assert {mark.story_id for mark in marks} == {"a" * 16}
    assert store.board.judged_since(NOW + timedelta(days=1)) == ()
    read = store.reading.story("a" * 16, None, 10)
    assert [one.id for one in read.tellings] == ids
    changed = next(one for one in read.tellings if one.id == item(1).id)
    assert (changed.title, [h.title for h in changed.headlines]) == ("Adopted", ["Draft"])
    [rest] = store.reading.story("a" * 16, ids[0], 10).tellings
    assert rest.id == ids[1]
    with pytest.raises(NotFoundError):
        store.reading.story("b" * 16, None, 10)


def test_a_filter_and_its_hooks_are_their_owner_s(store: Store) -> None:
    one, other = (store.people.add(name, "analyst", NOW) for name in ("one", "other"))
    assert one
    assert other
    asked = "verdict=novel", Filter(verdicts=(Verdict.NOVEL,))
    saved = store.saved.save(one.id, "New", asked, "k" * 43, NOW)
    assert (saved.filter, store.saved.by_key("k" * 43)) == (asked[1], saved)
    assert store.saved.save(one.id, "New", ("", Filter()), "l" * 43, NOW).key == saved.key
    second = store.saved.save(one.id, "Second", ("", Filter()), "m" * 43, NOW)
    with pytest.raises(LedgerError):
        store.saved.rename(second.id, one.id, "New")
    with pytest.raises(NotFoundError):
        store.saved.filter(saved.id, other.id)
    hook = Hook("0123456789ab", saved.id, "https://example.org/", "secret", NOW, None)
    store.hooks.add(hook)
    assert store.hooks.in_use() == ((hook, store.saved.filter(saved.id, one.id)),)
    assert store.hooks.gone({hook.id, "f" * 12}) == {"f" * 12}
    store.hooks.pause(hook.id, NOW)
    assert store.hooks.in_use() == ()
    with pytest.raises(NotFoundError):
        store.hooks.own(second, hook.id)
    store.saved.delete(saved.id, one.id)
    assert (store.hooks.find(hook.id), store.saved.by_key("k" * 43)) == (None, None)
    assert store.saved.looked_at(one.id) is None
    store.saved.looked(one.id, NOW)
    assert (store.saved.looked_at(one.id), store.saved.looked_at(other.id)) == (NOW, None)
    assert store.saved.looked(one.id, NOW - timedelta(days=1)) == (NOW, NOW)
    assert store.saved.looked(one.id, None, back=True) == (NOW, None)
