"""A story: who told it when, how headlines changed, what came before and after."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from techwatch.digests.delivery.hooks import is_hook
from techwatch.digests.development import development, lead
from techwatch.digests.reasons import reason
from techwatch.errors import NotFoundError
from techwatch.model import Development, Followed, Judgement
from techwatch.storage.reading import StoryItem, ToldIn
from techwatch.watch import Watch
from techwatch.web.views.reading import of_one_state

PAGE = 100  # items on one


@dataclass(frozen=True, slots=True)
class StoryShown:
    """A story and a page of its items."""

    id: str
    title: str  # of the item that leads, else of the first
    language: str
    development: Development | None  # None: it is none that readers are told of
    items: tuple[StoryItem, ...]  # oldest first
    total: int  # items on all pages
    publishers: int
    follows: Followed | None  # the story of the step before, of the last year
    compared_with: Followed | None  # an older one, where that told what the verdict goes by
    followed_by: tuple[Followed, ...]  # those of the steps after, the earliest first
    judgements: tuple[Judgement, ...]  # oldest first, those taken back too
    told_in: tuple[ToldIn, ...]  # digests, oldest first; webhooks are their owners' own
    next: str | None  # where the items go on


@of_one_state
def story(
    watch: Watch, story_id: str, language: str, after: str | None = None, limit: int = PAGE
) -> StoryShown:
    """Return a story for readers of a language; raises NotFoundError."""
    store = watch.store
    story_id = store.said.told_as(story_id)  # where it was joined with an earlier one
    why = partial(reason, baseline=watch.baseline, language=language)
    found = store.reading.story(story_id, after, limit + 1, why)
    if not found.tellings:
        raise NotFoundError("story", story_id, "no item tells it, or none after that one")
    told = store.board.told([story_id], partial(lead, language=language)).get(story_id)
    whole = development(told, watch.baseline, language) if told else None
    first, items = found.tellings[0], found.tellings[:limit]
    before = lead(told.reports, language).assessment.before if told else None
    older = before.story_id if before else None
    follows = found.follows
    shown_already = {story_id, follows.story_id if follows else None, None}
    return StoryShown(
        id=story_id,
        title=whole.title if whole else first.title,
        language=whole.language if whole else first.language,
        development=whole,
        items=items,
        total=found.items,
        publishers=store.judging.publishers(story_id),
        follows=follows,
        compared_with=None if older in shown_already else store.reading.begun(older or ""),
        followed_by=found.followed_by,
        judgements=store.judgements.on(whole.item_id if whole else first.id, story_id),
        told_in=tuple(one for one in found.told_in if not is_hook(one.edition_id)),
        next=items[-1].id if len(found.tellings) > limit else None,
    )
