"""`techwatch baseline`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from techwatch.cli import output, telling
from techwatch.errors import NotFoundError

if TYPE_CHECKING:
    from techwatch.cli.context import Places


@click.group()
def baseline() -> None:
    """Check and read the baseline."""


@baseline.command()
@click.pass_obj
def check(places: Places) -> None:
    """Check every file of the baseline; prints all problems with file and line."""
    with places.watch() as watch:
        known = watch.baseline
        kinds = Counter(entity.kind for entity in known.entities.values())
        facts = sum(len(entity.facts) for entity in known.entities.values())
        phrases = sum(len(v.triggers) for v in known.vocabularies.values())
    counted = ", ".join(f"{n} {kind}s" for kind, n in sorted(kinds.items()))
    click.echo(f"baseline {known.version} is well: {counted}, {facts} facts,")
    click.echo(f"{len(known.event_types)} event types, {phrases} phrases")


@baseline.command()
@click.argument("entity", required=False)
@output.as_json
@click.pass_obj
def show(places: Places, entity: str | None, json_lines: bool) -> None:
    """Print what is known of ENTITY (an id or a name); without it, list all entities."""
    with places.watch() as watch:
        known = watch.baseline.entities
        if entity is None:
            chosen = sorted(known.values(), key=lambda e: (e.kind, e.id))
        else:
            found = entity if entity in known else _by_name(watch.judge.matcher, entity)
            chosen = [known[found]]
        if json_lines:
            output.print_json(*(telling.known_of(watch, e.id) for e in chosen))
        elif entity is not None:
            telling.tell_entity(chosen[0], watch)
        else:
            rows = ((e.id, e.kind.value, e.type, e.name, str(len(e.facts))) for e in chosen)
            output.print_table(("Id", "Kind", "Type", "Name", "Facts"), rows)


def _by_name(matcher: Matcher, name: str) -> str:
    suggestions = matcher.suggest(name)
    if suggestions and suggestions[0].score == 1:
        return suggestions[0].entity_id
    near = ", ".join(dict.fromkeys(s.entity_id for s in suggestions))
    raise NotFoundError("entity", name, f"near: {near}" if near else "")


if TYPE_CHECKING:
    from techwatch.matching import Matcher
