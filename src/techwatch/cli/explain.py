"""`techwatch explain`: a verdict, first as a person would tell it, then with all its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from techwatch.cli import output
from techwatch.cli.opening import opening
from techwatch.cli.telling import tell_evidence
from techwatch.knowledge import standing_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.cli.context import Places
    from techwatch.model import Assessment, Judgement, StoredItem, Story
    from techwatch.storage import Store
    from techwatch.watch import Watch


@click.command()
@click.argument("item")
@output.as_json
@click.pass_obj
def explain(places: Places, item: str, json_lines: bool) -> None:
    """Tell how the verdict on a stored item was reached.

    ITEM is the id of an item or development as digests and `poll` print it, the beginning of one,
    or the item's link. Begins with the verdict as a person would tell it: what is reported, what
    was known until now, what is new in it, and who tells it. Then the evidence, what people said
    of it, and the story's other tellings.

    \b
    techwatch explain 3f2a9c
    """
    from techwatch.judgements import find  # noqa: PLC0415 - not for --help

    with places.watch() as watch:
        record = explanation(watch, find(watch.store, item))
        if json_lines:
            output.print_json(record)
        else:
            _tell(watch, record)


def explanation(watch: Watch, stored: StoredItem) -> dict[str, Any]:
    """Return all that is known of how an item was judged."""
    store, item_id = watch.store, stored.item.id
    assessment, story_id = store.judging.assessment(item_id) or (None, None)
    story = store.judging.story(story_id) if story_id else None
    publishers = store.judging.publishers(story_id) if story_id else 0
    return {
        "item": stored,
        "opening": assessment and opening(stored, assessment, story, publishers, watch.baseline),
        "headlines": store.judging.headlines(item_id),
        "assessment": assessment,
        "story": story,
        "publishers": publishers,
        "follows": _follows(store, story),
        "judgements": store.judgements.on(item_id, story_id),
    }


def _follows(store: Store, story: Story | None) -> Story | None:
    """Return the story whose next step this one is, where that is known."""
    earlier = getattr(story, "follows", None)
    return store.judging.story(earlier) if earlier else None


def _tell(watch: Watch, record: Mapping[str, Any]) -> None:
    stored: StoredItem = record["item"]
    item, assessment = stored.item, record["assessment"]
    click.echo(record["opening"] or f"Not judged yet: {item.title}")
    published = output.when(item.published) if item.published else "undated"
    seen = output.when(stored.first_seen_at)
    click.echo(f"\n{stored.feed.publisher}, {published}, seen {seen}")
    click.echo(f"{item.link or 'no link'}  [{item.id}]")
    for earlier in record["headlines"][:-1]:
        click.echo(f"  earlier headline: {earlier}")
    if stored.text_gone_at is not None:
        dropped = output.when(stored.text_gone_at)
        click.echo(
            f"Its text was dropped on {dropped} for its age (retention.text_days); headline, "
            "verdict and evidence are kept. It is not judged again unless its feed changes it."
        )
    if assessment is None:
        click.echo("`techwatch run --once` judges what is waiting.")
        return
    for said in record["judgements"]:
        _tell_judgement(said)
    click.echo()
    _tell_verdict(watch, assessment)
    if record["follows"]:
        _tell_follows(record["follows"])
    if record["story"]:
        _tell_story(record["story"], item.id)


def _tell_verdict(watch: Watch, assessment: Assessment) -> None:
    click.echo(f"{output.verdict(assessment.verdict)}: {assessment.reason}")
    if before := assessment.before:
        until = standing_sentence(before, watch.baseline)
        click.echo(f"Until now: {until} ({before.source}: {before.reason})")
    tell_evidence(assessment)


def _tell_judgement(said: Judgement) -> None:
    taken = f"; taken back by {said.undone_by}" if said.undone_at else ""
    note = f": {said.note}" if said.note else ""
    click.echo(f"{output.said(said)} by {said.by}, {output.when(said.at)}{note}{taken}")


def _tell_follows(earlier: Story) -> None:
    first = earlier.tellings[0].title if earlier.tellings else earlier.event_type
    click.echo(f"\nFollows story {earlier.id} of {output.when(earlier.first_at)}: {first}")


def _tell_story(story: Story, item_id: str) -> None:
    click.echo(f"\nStory {story.id}: {len(story.tellings)} items")
    for telling in story.tellings:
        mark = "*" if telling.item_id == item_id else " "
        click.echo(f" {mark} {output.when(telling.at)}  {telling.publisher}: {telling.title}")
