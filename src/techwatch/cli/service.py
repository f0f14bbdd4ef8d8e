"""`techwatch run` and `techwatch poll`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from techwatch.cli import output
from techwatch.errors import NotFoundError

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.model import FeedState, Judged, PollReport
    from techwatch.watch import Watch


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@click.option("--web", is_flag=True, help="Serve the desk beside it, as `techwatch web` does.")
@click.pass_obj
def run(places: Places, once: bool, web: bool) -> None:
    """Start the service: poll feeds, judge items, post digests, until stopped.

    SIGTERM or Ctrl-C finishes the work in hand and stops within ten seconds.
    """
    from techwatch.runtime import local  # noqa: PLC0415 - the scheduler is for this command only

    if once and web:
        raise click.UsageError("--once ends at once, --web serves until stopped: give one of them")
    with places.watch() as watch:
        watch.check_files()
        if once:
            asyncio.run(local.run_once(watch))
        elif web:
            from techwatch.cli.web import desk  # noqa: PLC0415 - loads an HTTP server

            asyncio.run(local.run(watch, desk))
        else:
            asyncio.run(local.run(watch))
    if web:
        from techwatch.cli.web import end_waiting  # noqa: PLC0415 - as above

        end_waiting()


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--all", "everything", is_flag=True, help="Poll every feed, due or not.")
@output.as_json
@click.pass_obj
def poll(places: Places, urls: tuple[str, ...], everything: bool, json_lines: bool) -> None:
    """Poll feeds now and judge what they bring: those due, or the given ones.

    \b
    techwatch poll
    techwatch poll https://technode.com/feed/
    """
    with places.watch() as watch:
        watch.check_files()
        watch.inspect_store()
        watch.open_lists()
        states = _chosen(watch, urls, everything=everything)
        if not states:
            click.echo("no feed is due; --all polls every one", err=True)
            return
        reports = asyncio.run(_poll(watch, states))
        judged = _judge(watch, reports)
        if watch.store.articles.due(watch.clock()):
            asyncio.run(_read_articles(watch))
            judged += _judge(watch, [])
        flagged = [one for one in judged if one.assessment.verdict.flagged]
        if json_lines:
            output.print_json(*reports, *flagged)
        else:
            print_reports(reports)
            print_flagged(flagged)
    if all(report.result == "failed" for report in reports):
        click.get_current_context().exit(1)


def _chosen(watch: Watch, urls: tuple[str, ...], *, everything: bool) -> tuple[FeedState, ...]:
    listed = {state.feed.url: state for state in watch.store.feeds.states()}
    for url in urls:
        if url not in listed:
            raise NotFoundError("feed", url, f"add it with `techwatch feeds add {url}`")
    if urls:
        return tuple(listed[url] for url in urls)
    if everything:
        return tuple(state for state in listed.values() if not state.feed.paused)
    return watch.due_feeds()


async def _poll(watch: Watch, states: tuple[FeedState, ...]) -> list[PollReport]:
    reports: list[PollReport] = []
    with output.progress("Polling", len(states)) as advance:

        def told(report: PollReport) -> None:
            reports.append(report)
            advance()

        async with watch.asking() as ask:
            await watch.poll(states, ask, told)
    return sorted(reports, key=lambda report: report.feed.publisher)


async def _read_articles(watch: Watch) -> None:
    """Ask once for each article that is due; what fails is asked for at another time."""
    with output.progress(
        "Reading articles", len(watch.store.articles.due(watch.clock()))
    ) as advance:
        async with watch.asking():
            await watch.read_articles(lambda _: advance())


def _judge(watch: Watch, reports: list[PollReport]) -> list[Judged]:
    judged: list[Judged] = []
    with output.progress("Judging", sum(r.new + r.revised - r.judged for r in reports)) as advance:

        def told(one: Judged) -> None:
            judged.append(one)
            advance()

        watch.judge_items(told)
    for one in judged:
        output.warn_of_unread(watch.judge, one.stored.item)
    return judged


def print_reports(reports: list[PollReport]) -> None:
    """Print what each feed brought."""
    output.print_table(
        ("Feed", "Items", "New", "Changed", "Result"),
        (
            (r.feed.publisher, str(r.seen), str(r.new), str(r.revised), r.error or _result(r))
            for r in reports
        ),
    )


def _result(report: PollReport) -> str:
    told = {"not_modified": "not modified", "postponed": "postponed: its host wants peace"}
    return told.get(report.result, "ok")


def print_flagged(judged: list[Judged]) -> None:
    """Print what a digest would show, best first."""
    for one in sorted(judged, key=lambda one: -one.assessment.score):
        item, assessment = one.stored.item, one.assessment
        click.echo(f"{output.verdict(assessment.verdict)}  {assessment.score:.2f}  {item.title}")
        click.echo(f"    {assessment.reason}  [{item.id}]")
