"""`techwatch digest`."""

from __future__ import annotations

import asyncio
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwatch.model import DeliveryState

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.model import Edition
    from techwatch.watch import Watch


@click.command()
@click.argument("edition", required=False)
@click.option("--dry-run", "what", flag_value="dry-run", default=True, help="Print it (default).")
@click.option("--send", "what", flag_value="send", help="Send it now, to all its recipients.")
@click.option("--open", "what", flag_value="open", help="Show it in a browser; sends nothing.")
@click.option("--json", "what", flag_value="json", help="Print it as JSON; sends nothing.")
@click.pass_obj
def digest(places: Places, edition: str | None, what: str) -> None:
    """Compose a digest of what its readers have not been told.

    Without EDITION the first one of digests.yaml. What is sent by hand counts as told: the next
    scheduled digest does not repeat it.

    \b
    techwatch digest                 print what it would say
    techwatch digest daily --send
    """
    with places.watch() as watch:
        chosen = watch.edition(edition)
        if what == "send":
            _send(watch, chosen)
        else:
            _show(watch, chosen, what)


def _show(watch: Watch, edition: Edition, what: str) -> None:
    from techwatch.digests.render import render  # noqa: PLC0415 - templates are slow to import

    rendered = render(watch.draft(edition))
    if what == "open":
        folder = Path(tempfile.mkdtemp(prefix="techwatch-"))
        page = folder / "digest.html"
        page.write_text(rendered.html, encoding="utf-8")
        click.echo(page)
        webbrowser.open(page.as_uri())
    else:
        click.echo(rendered.json if what == "json" else rendered.text)


def _send(watch: Watch, edition: Edition) -> None:
    composed = watch.publish(edition)
    click.echo(composed.subject)
    unsent = 0
    for delivery in asyncio.run(watch.deliver()):
        if (delivery.edition_id, delivery.slot) != (composed.edition_id, composed.slot):
            continue
        error = f": {delivery.error}" if delivery.error else ""
        click.echo(f"  {delivery.channel} to {delivery.recipient}: {delivery.state}{error}")
        unsent += delivery.state is not DeliveryState.SENT
    if unsent:
        click.echo(f"{unsent} not sent; `techwatch status` follows them", err=True)
        click.get_current_context().exit(1)
