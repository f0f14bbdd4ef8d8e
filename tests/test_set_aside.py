"""An item that can't be judged holds up no other; real file, made-up fault of the matcher."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from tests.test_pruning import FEED, FINE, NOISE, bring, entry

from techwatch.errors import StorageError
from techwatch.model import FeedState, Field, PollOutcome
from techwatch.pipeline import judge
from techwatch.status import gather

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techwatch.matching import Matcher
    from techwatch.model import Mention
    from techwatch.testing import FakeClock
    from techwatch.watch import Watch

POISON = "Poison"


@dataclass
class Broken:
    """A matcher that can't bear some texts."""

    matcher: Matcher
    error: type[Exception] = ValueError

    def mentions(self, texts: Mapping[Field, str], tags: Sequence[str] = ()) -> tuple[Mention, ...]:
        """Find them, but for the text that it fails on."""
        if POISON in texts[Field.TITLE]:
            message = "the text is poison"
            raise self.error(message)
        return self.matcher.mentions(texts, tags)


def store(watch: Watch, *titles: str, guids: str = "0123456789") -> None:
    """Store items without judging them."""
    watch.store.feeds.watch([FEED], watch.clock())
    items = [entry(title, guids[n], watch.clock()) for n, title in enumerate(titles)]
    watch.store.feeds.record(
        PollOutcome(FeedState(FEED, polled_at=watch.clock()), "document", tuple(items)),
        watch.clock(),
    )


def run(watch: Watch, error: type[Exception] = ValueError, version: str | None = None) -> int:
    """Judge with the broken matcher; returns how many got a verdict."""
    by = replace(watch.judge, matcher=cast("Matcher", Broken(watch.judge.matcher, error)))
    if version is not None:
        by.assessor.model_version = version
    return judge(watch.store, by, watch.clock).total()


def test_a_poisonous_item_is_set_aside_and_the_rest_go_on(watch: Watch, clock: FakeClock) -> None:
    store(watch, NOISE, POISON, FINE)
    assert run(watch) == 2
    [aside] = watch.store.judging.aside()
    assert (aside.title, aside.error) == (POISON, "ValueError: the text is poison")
    assert (aside.since, aside.again_at) == (clock(), clock() + timedelta(days=1))
    assert watch.store.overview.counts(None, clock()).items_waiting == 1
    [told] = gather(watch)["attention"]
    assert f"item {aside.item_id} of {FEED.url} can't be judged" in told
    assert run(watch) == 0  # it waits

    began = clock()
    clock.move(timedelta(days=1, minutes=1))
    assert run(watch) == 0  # tried again, in vain
    [again] = watch.store.judging.aside()
    assert again.since == began
    assert again.again_at > clock()


def test_it_is_tried_at_once_by_another_version_or_with_another_text(watch: Watch) -> None:
    store(watch, NOISE, POISON)
    assert run(watch) == 1
    assert run(watch, version="mended") == 0
    assert watch.judge_items().total() == 0  # it failed with that version too
    store(watch, NOISE, "Wholesome", guids="01")
    assert run(watch, version="mended") == 1
    assert watch.store.judging.aside() == ()
    assert watch.store.overview.counts(None, watch.clock()).items_waiting == 0


def test_a_sound_program_judges_it_and_forgets_that_it_was_set_aside(watch: Watch) -> None:
    store(watch, NOISE, POISON)
    version = watch.judge.assessor.model_version
    run(watch)
    watch.judge.assessor.model_version = f"{version}, mended"
    assert watch.judge_items().total() == 1
    assert watch.store.judging.aside() == ()


def test_where_none_of_several_can_be_judged_the_error_is_raised(watch: Watch) -> None:
    store(watch, POISON, f"{POISON} too")
    with pytest.raises(ValueError, match="poison"):
        run(watch)
    assert watch.store.judging.aside() == ()
    store(watch, POISON, f"{POISON} too", NOISE)
    assert run(watch) == 1
    assert len(watch.store.judging.aside()) == 2


def test_a_database_that_fails_is_nobodys_poison(watch: Watch) -> None:
    store(watch, NOISE, POISON)
    with pytest.raises(StorageError):
        run(watch, StorageError)
    assert watch.store.judging.aside() == ()
    assert watch.store.overview.counts(None, watch.clock()).items_waiting == 2


def test_an_older_item_that_fails_when_it_is_settled_holds_up_no_news(
    watch: Watch, clock: FakeClock
) -> None:
    told = entry(f"{FINE} {POISON}", "7", clock())
    bring(watch, [told])  # judged by a sound program
    verdict = watch.store.judging.assessment(told.id)
    earlier = entry(FINE, "8", clock() - timedelta(hours=2))
    state = FeedState(FEED, polled_at=clock())
    watch.store.feeds.record(PollOutcome(state, "document", (earlier,)), clock())
    assert run(watch) == 1
    [aside] = watch.store.judging.aside()
    assert aside.item_id == told.id
    assert watch.store.judging.assessment(told.id) == verdict
