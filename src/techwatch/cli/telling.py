"""How `check` and `baseline show` tell a person what is known and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from techwatch.baseline.dates import span
from techwatch.baseline.standings import standings
from techwatch.baseline.steps import next_steps
from techwatch.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techwatch.baseline.steps import NextSteps
    from techwatch.model import (
        Assessment,
        Baseline,
        Entity,
        Fact,
        Feature,
        Mention,
        Standing,
    )
    from techwatch.watch import Watch

_PARTS = {
    "relevance": "Does it concern the field?",
    "development": "Does it tell something new?",
    "importance": "How high does it rank?",
    "story": "Does it tell the same as an earlier item?",
}
_STEPS = 6  # kinds of event named as next steps
_FACTS = 3  # newest facts shown of an entity that is only mentioned


def known_of(watch: Watch, entity_id: str, *, as_of: str | None = None) -> dict[str, Any]:
    """Return what the baseline knows of an entity, as a record."""
    entity, known = watch.baseline.entities[entity_id], watch.baseline
    found = standings(entity, known, as_of) if as_of else watch.judge.known.get(entity_id, ())
    return {
        "id": entity.id,
        "kind": entity.kind.value,
        "type": entity.type,
        "name": entity.name,
        "names": [name.text for name in entity.names],
        "weak": [name.text for name in entity.names if name.weak],
        "not": [f"{friend.text} ({friend.means})" for friend in entity.false_friends],
        "relations": [f"{relation.type} {relation.target}" for relation in entity.relations],
        "documents": list(entity.documents),
        "as_of": as_of,
        "standings": found,
        "standing": [standing_sentence(standing, known) for standing in found],
        "facts": [fact_record(f, known) for f in entity.facts if _by_then(f, as_of)],
        "next": [next_sentence(steps) for steps in next_steps(entity, found, known)],
    }


def _by_then(fact: Fact, as_of: str | None) -> bool:
    return as_of is None or span(fact.date)[0] <= span(as_of)[1]


def entity_record(watch: Watch, entity: Entity) -> dict[str, Any]:
    """Return a line of `baseline list --json`."""
    record = known_of(watch, entity.id)
    names: dict[str, list[str]] = {}
    for name in entity.names:
        names.setdefault(name.language, []).append(name.text)
    kept = ("id", "kind", "type", "name")
    return {key: record[key] for key in kept} | {
        "names": names,
        "weak": record["weak"],
        "country": entity.country,
        "sector": entity.sector,
        "documents": record["documents"],
        "state": {f"{s.track}/{s.jurisdiction or '-'}": s.rung for s in record["standings"]},
        "facts": record["facts"],
    }


def states(watch: Watch, entity_id: str) -> list[str]:
    """Say in a few words where an entity stands."""
    return [
        f"{s.rung or 'back'} ({s.jurisdiction or '?'}, {s.since})"
        for s in watch.judge.known.get(entity_id, ())
    ]


def next_sentence(steps: NextSteps) -> str:
    """Say what would count as the next step up, and what as a step back."""
    by = (
        f" by {steps.standing.jurisdiction}"
        if steps.standing and steps.standing.jurisdiction
        else ""
    )
    up = ", ".join(event_type.label for event_type in steps.up[:_STEPS]) or "nothing"
    back = ", ".join(event_type.label for event_type in steps.back[:_STEPS])
    return f"{steps.track.label}{by}: up: {up}" + (f"; back: {back}" if back else "")


def fact_record(fact: Fact, baseline: Baseline) -> dict[str, Any]:
    """Return a fact with its source's title."""
    source = baseline.sources.get(fact.source)
    return {
        "date": fact.date,
        "text": fact.text,
        "source": fact.source,
        "source_title": source.title if source else fact.source,
        "event_type": fact.event_type,
        "disputed_by": list(fact.disputed_by),
        "note": fact.note,
    }


def standing_sentence(standing: Standing, baseline: Baseline) -> str:
    """Say where an entity stands on a ladder."""
    track = baseline.tracks[standing.track]
    rung = "nowhere"
    if standing.rung in track.rungs:
        rung = track.rung_labels[track.rungs.index(standing.rung)]
    by = f" by {standing.jurisdiction}" if standing.jurisdiction else ""
    return f"{track.label}: {rung}{by}, {standing.since}"


def tell_check(record: Mapping[str, Any]) -> None:
    """Print a check."""
    if record["kind"] == "text":
        tell_assessment(record["assessment"])
    elif not record["entities"]:
        click.echo(f"The baseline knows no {record['text']!r}.")
        for suggestion in record["suggestions"]:
            click.echo(
                f"  perhaps {suggestion.name} ({suggestion.entity_id}), {suggestion.score:.2f}"
            )
    for entity in record["entities"]:
        whole = record["kind"] == "name"
        tell_known(entity, len(entity["facts"]) if whole else _FACTS)
    for held in record.get("store", ()):
        if held["items"]:
            click.echo(f"\nThe store holds {held['items']} items on {held['entity']}, newest:")
        for item in held["newest"]:
            click.echo(f"  {output.when(item['published'])}  {item['title']}  [{item['id']}]")
    if archive := record.get("archive"):
        _tell_archive(archive, record)


def _tell_archive(archive: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    """Print what the archive has of the words of a check, and which developments."""
    shown = {item["id"] for held in record["store"] for item in held["newest"]}
    newest = [hit for hit in archive["newest"] if hit.item_id not in shown]
    in_a_row = record["text"] if record["kind"] == "name" else "all these words"
    if newest or (archive["items"] and not shown):
        from techwatch.cli.search import count_told  # noqa: PLC0415 - where there is an archive

        click.echo(f"\nThe archive has {count_told(archive['items'], 'items')} with {in_a_row}:")
    for hit in newest:
        click.echo(f"  {output.when(hit.at)}  {hit.publisher}: {hit.title}  [{hit.item_id}]")
    if archive["developments"]:
        click.echo("\nDevelopments, newest first:")
    for found in archive["developments"]:
        verdict = output.verdict(found.verdict)
        click.echo(f"  {output.when(found.last_at)}  {verdict}  {found.title}  [{found.id}]")


def tell_assessment(assessment: Assessment) -> None:
    """Print a verdict, its reasons and its mentions."""
    click.echo(f"{output.verdict(assessment.verdict)}, {assessment.score:.2f}: {assessment.reason}")
    tell_evidence(assessment)


def tell_evidence(assessment: Assessment) -> None:
    """Print what a verdict rests on: the baseline's fact, features, mentions."""
    if assessment.fact:
        click.echo(
            f"Baseline: {assessment.fact.text} ({assessment.fact.source}, {assessment.fact.date})"
        )
    tell_features(assessment.features)
    if assessment.mentions:
        click.echo("\nMatches")
    for mention in assessment.mentions:
        tell_mention(mention)


def tell_mention(mention: Mention) -> None:
    """Print what matched, where, and why."""
    place = f"{mention.field}:{mention.start}-{mention.end}"
    click.echo(
        f"  {mention.surface!r} is {mention.entity_id} ({mention.method} {mention.name!r}, "
        f"{place}, {mention.score:.2f})"
    )
    for feature in mention.features:
        click.echo(f"      {feature.sentence}")


def tell_features(features: Iterable[Feature]) -> None:
    """Print the reasons for each part of the judgement, strongest first."""
    parts: dict[str, list[Feature]] = {}
    for feature in features:
        if feature.value * feature.weight:
            parts.setdefault(feature.name.partition(".")[0], []).append(feature)
    for part, reasons in parts.items():
        click.echo(f"\n{_PARTS.get(part, part.capitalize())}")
        for feature in sorted(reasons, key=lambda f: -abs(f.value * f.weight)):
            click.echo(f"  {feature.value * feature.weight:+.2f}  {feature.sentence}")


def tell_known(entity: Mapping[str, Any], most: int) -> None:
    """Print what the baseline knows of an entity."""
    click.echo(f"\n{click.style(entity['name'], bold=True)} ({entity['id']}, {entity['type']})")
    click.echo(f"  names: {', '.join(entity['names'])}")
    for sentence in entity["standing"]:
        click.echo(f"  {sentence}")
    for fact in entity["facts"][-most:] if most else ():
        click.echo(f"  {fact['date']}: {fact['text']} ({fact['source_title']})")
        if fact["disputed_by"]:
            click.echo(f"      otherwise: {', '.join(fact['disputed_by'])}")
        if fact["note"]:
            click.echo(f"      note: {fact['note']}")


def tell_entity(record: Mapping[str, Any]) -> None:
    """Print all that the baseline knows of an entity."""
    tell_known(record, len(record["facts"]))
    for friend in record["not"]:
        click.echo(f"  not: {friend}")
    for relation in record["relations"]:
        click.echo(f"  {relation}")
    click.echo(f"  documents: {', '.join(record['documents']) or 'none'}")
    click.echo("\nWhat would count as the next step")
    for sentence in record["next"]:
        click.echo(f"  {sentence}")
