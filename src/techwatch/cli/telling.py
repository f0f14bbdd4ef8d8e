"""How `check` and `baseline show` tell a person what is known and why."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from techwatch import knowledge
from techwatch.checking import parts
from techwatch.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techwatch.checking import Archive, Check
    from techwatch.knowledge import Known
    from techwatch.model import Assessment, Entity, Feature, Mention
    from techwatch.watch import Watch

_FACTS = 3  # newest facts shown of an entity that is only mentioned


def known_of(watch: Watch, entity_id: str, *, as_of: str | None = None) -> dict[str, Any]:
    """Return what the baseline knows of an entity, as a record."""
    return known_record(knowledge.known_of(watch, entity_id, as_of=as_of))


def known_record(known: Known) -> dict[str, Any]:
    """Write what is known of an entity as `--json` has it."""
    named = {"false_friends": "not"}
    return {
        named.get(one.name, one.name): output.data(getattr(known, one.name))
        for one in fields(known)
    }


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
        "state": {
            f"{s['track']}/{s['jurisdiction'] or '-'}": s["rung"] for s in record["standings"]
        },
        "facts": record["facts"],
    }


def states(watch: Watch, entity_id: str) -> list[str]:
    """Say in a few words where an entity stands."""
    return [
        f"{s.rung or 'back'} ({s.jurisdiction or '?'}, {s.since})"
        for s in watch.judge.known.get(entity_id, ())
    ]


def tell_check(found: Check) -> None:
    """Print a check."""
    if found.assessment:
        tell_assessment(found.assessment)
    elif not found.entities:
        click.echo(f"The baseline knows no {found.text!r}.")
        for one in found.suggestions:
            click.echo(f"  perhaps {one.name} ({one.entity_id}), {one.score:.2f}")
    for entity in found.entities:
        whole = found.kind == "name"
        tell_known(known_record(entity), len(entity.facts) if whole else _FACTS)
    for held in found.store:
        if held.items:
            click.echo(f"\nThe store holds {held.items} items on {held.entity}, newest:")
        for item in held.newest:
            click.echo(f"  {output.when(item.published)}  {item.title}  [{item.id}]")
    if found.archive:
        _tell_archive(found.archive, found)


def _tell_archive(archive: Archive, found: Check) -> None:
    """Print what the archive has of the words of a check, and which developments."""
    shown = {item.id for held in found.store for item in held.newest}
    newest = [hit for hit in archive.newest if hit.item_id not in shown]
    in_a_row = found.text if found.kind == "name" else "all these words"
    if newest or (archive.items and not shown):
        from techwatch.cli.search import count_told  # noqa: PLC0415 - where there is an archive

        click.echo(f"\nThe archive has {count_told(archive.items, 'items')} with {in_a_row}:")
    for hit in newest:
        click.echo(f"  {output.when(hit.at)}  {hit.publisher}: {hit.title}  [{hit.item_id}]")
    if archive.developments:
        click.echo("\nDevelopments, newest first:")
    for one in archive.developments:
        verdict = output.verdict(one.verdict)
        click.echo(f"  {output.when(one.last_at)}  {verdict}  {one.title}  [{one.id}]")


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
    for part in parts(features):
        click.echo(f"\n{part.question}")
        for reason in part.reasons:
            click.echo(f"  {reason.adds:+.2f}  {reason.sentence}")


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
