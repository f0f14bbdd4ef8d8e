"""`techwatch baseline`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from techwatch.cli import output, telling
from techwatch.cli.accept import accept
from techwatch.errors import NotFoundError, TechwatchError
from techwatch.installation import came_along

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.cli.context import Places
    from techwatch.model import Baseline, Entity
    from techwatch.watch import Watch


@click.group()
def baseline() -> None:
    """Check, read and edit the baseline."""


baseline.add_command(accept)


@baseline.command()
@click.pass_obj
def check(places: Places) -> None:
    """Check every file of the baseline; prints all problems with file and line.

    Schema, ids, relations, rungs, sources and dates; names shared by two entities or also common
    words, without a rule to tell them apart.
    """
    from techwatch.baseline import loading  # noqa: PLC0415 - for this command only

    with places.watch() as watch:
        known = loading.check(watch.baseline_dir)
        kinds = Counter(entity.kind for entity in known.entities.values())
        facts = sum(len(entity.facts) for entity in known.entities.values())
        phrases = sum(len(v.triggers) for v in known.vocabularies.values())
    counted = ", ".join(f"{n} {kind}s" for kind, n in sorted(kinds.items()))
    click.echo(f"baseline {known.version} is well: {counted}, {facts} facts,")
    click.echo(f"{len(known.event_types)} event types, {phrases} phrases")


@baseline.command()
@click.argument("entity")
@click.option("--as-of", metavar="DATE", help="The state then: 2020-09-19, 2020-09, 2020.")
@output.as_json
@click.pass_obj
def show(places: Places, entity: str, as_of: str | None, json_lines: bool) -> None:
    """Print what is known of ENTITY, an id or a name.

    Names, state, facts with their sources, and what would count as the next step up and back.

    \b
    techwatch baseline show pipl
    techwatch baseline show TikTok --as-of 2020-09
    """
    with places.watch() as watch:
        known = watch.baseline.entities
        found = entity if entity in known else _by_name(watch, entity)
        record = telling.known_of(watch, found, as_of=_date(as_of))
    if json_lines:
        output.print_json(record)
    else:
        telling.tell_entity(record)


def _date(text: str | None) -> str | None:
    from techwatch.baseline.dates import span  # noqa: PLC0415 - for this option only

    if text is not None:
        try:
            span(text)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--as-of") from error
    return text


def _by_name(watch: Watch, name: str) -> str:
    suggestions = watch.judge.matcher.suggest(name)
    if suggestions and suggestions[0].score == 1:
        return suggestions[0].entity_id
    near = ", ".join(dict.fromkeys(s.entity_id for s in suggestions))
    raise NotFoundError("entity", name, f"near: {near}" if near else "")


@baseline.command("list")
@click.option("--kind", type=click.Choice(["actor", "law", "place"]), help="Only these.")
@output.as_json
@click.pass_obj
def list_(places: Places, kind: str | None, json_lines: bool) -> None:
    """Print every entity; with --json all that is known of each, a line an entity."""
    with places.watch() as watch:
        chosen = [e for e in _ordered(watch.baseline) if kind in {None, e.kind.value}]
        if json_lines:
            output.print_json(*(telling.entity_record(watch, entity) for entity in chosen))
        else:
            _print_entities(chosen, watch)


@baseline.command()
@click.argument("words")
@output.as_json
@click.pass_obj
def search(places: Places, words: str, json_lines: bool) -> None:
    """Find entities by WORDS in a name or a fact.

    \b
    techwatch baseline search 5G
    """
    from techwatch.text import fold  # noqa: PLC0415 - for this command only

    wanted = fold(words).text.strip()
    with places.watch() as watch:
        found = [
            entity
            for entity in _ordered(watch.baseline)
            if any(wanted in fold(text).text for text in _texts(entity))
        ]
        if json_lines:
            output.print_json(*(telling.entity_record(watch, entity) for entity in found))
        elif found:
            _print_entities(found, watch)
    if not found:
        click.echo(f"nothing in the baseline holds {words!r}", err=True)
        click.get_current_context().exit(1)


def _texts(entity: Entity) -> Iterable[str]:
    yield from (entity.id, entity.name)
    yield from (name.text for name in entity.names)
    yield from (fact.text for fact in entity.facts)


def _ordered(known: Baseline) -> list[Entity]:
    return sorted(known.entities.values(), key=lambda entity: (entity.kind, entity.id))


def _print_entities(entities: Iterable[Entity], watch: Watch) -> None:
    rows = (
        (
            entity.id,
            entity.kind.value,
            entity.type,
            entity.name,
            str(len(entity.facts)),
            "; ".join(telling.states(watch, entity.id)),
        )
        for entity in entities
    )
    output.print_table(("Id", "Kind", "Type", "Name", "Facts", "State"), rows)


@baseline.command()
@output.as_json
@click.pass_obj
def stats(places: Places, json_lines: bool) -> None:
    """Count what the baseline holds: entities, names, facts, event types, phrases."""
    with places.watch() as watch:
        counted = _counted(watch.baseline)
    if json_lines:
        output.print_json(counted)
        return
    for what, counts in counted.items():
        output.print_table((what, ""), ((word, str(count)) for word, count in counts.items()))


def _counted(known: Baseline) -> dict[str, dict[str, int]]:
    entities = list(known.entities.values())
    facts = [fact for entity in entities for fact in entity.facts]
    tracks = [known.event_types[fact.event_type].track for fact in facts if fact.event_type]
    counts: dict[str, Iterable[Any]] = {
        "entities by kind": (entity.kind.value for entity in entities),
        "entities by country": (entity.country or "none" for entity in entities),
        "entities by document": (document for entity in entities for document in entity.documents),
        "names by language": (name.language for entity in entities for name in entity.names),
        "facts by document": (fact.source for fact in facts),
        "facts by track": tracks,
        "event types by track": (t.track for t in known.event_types.values()),
    }
    phrases = {
        language: len(v.triggers) + sum(map(len, v.markers.values()))
        for language, v in known.vocabularies.items()
    }
    ordered = {what: dict(Counter(words).most_common()) for what, words in counts.items()}
    return ordered | {"phrases by language": phrases}


@baseline.command()
@click.argument("entity")
@click.option("--text", required=True, help="One sentence, in your own words.")
@click.option("--source", required=True, help="Id of the document in sources.yaml.")
@click.option("--date", required=True, help="As precise as the document: 2020-09-19, 2020-09.")
@click.option("--event", help="Event type that it records, as in events.yaml.")
@click.option("--by", help="Whose step it was: cn, us, us-mt, eu.")
@click.option("--post", help="The post or article inside the document.")
@click.pass_obj
def add(  # noqa: PLR0917 - click passes options by name
    places: Places,
    entity: str,
    text: str,
    source: str,
    date: str,
    event: str | None,
    by: str | None,
    post: str | None,
) -> None:
    """Write a fact on ENTITY into its file; comments and order of the rest stay.

    Nothing is written if the baseline would not be valid with it.

    \b
    techwatch baseline add pipl --text "A vote was due." --source wsj-2021-06 --date 2021-06
    """
    from techwatch.baseline.editing import add_fact  # noqa: PLC0415 - for this command only
    from techwatch.model import Fact  # noqa: PLC0415 - likewise

    if came_along(places.baseline_dir):
        message = f"{places.baseline_dir} came with techwatch; copy it and give --baseline"
        raise TechwatchError(message)
    path = add_fact(places.baseline_dir, Fact(entity, text, source, date, event, by, post))
    click.echo(path)


@baseline.command()
@click.argument("revision")
@click.option("--days", default=30, show_default=True, help="Stored items of so many days.")
@output.as_json
@click.pass_obj
def diff(places: Places, revision: str, days: int, json_lines: bool) -> None:
    """Say which mentions and verdicts of stored items an edit of the baseline changes.

    REVISION is a git revision of the folder, or another folder. Each item of the last days is
    judged against that baseline and against the present one alone.

    \b
    techwatch baseline diff HEAD
    techwatch baseline diff ../other/baseline --days 7
    """
    from techwatch.cli import comparison  # noqa: PLC0415 - for this command only

    with places.watch() as watch, comparison.baseline_at(places.baseline_dir, revision) as before:
        changes, items = comparison.compare(watch, before, days)
    if json_lines:
        output.print_json(*changes)
    else:
        comparison.tell(changes, items)
