"""`techwatch digest`: compose one now; and, from `deliveries`, what became of earlier ones."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwatch.cli import deliveries

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.model import Edition
    from techwatch.watch import Watch

_HELP = {"-h", "--help"}


class _Digest(click.Group):
    """A group that takes what is none of its commands for an edition to compose."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `compose` before an edition, an option, or nothing."""
        first = next((one for one in args if not one.startswith("-")), None)
        if first not in self.commands and not _HELP & set(args):
            args = ["compose", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Digest, subcommand_metavar="[EDITION | COMMAND] [ARGS]...")
def digest() -> None:
    """Compose a digest, and see or mend what became of earlier ones.

    \b
    techwatch digest                                print what it would say now
    techwatch digest daily --send                   send it now
    techwatch digest list                           what was composed, and who got it
    techwatch digest show daily latest --ledger     each delivery with its history
    techwatch digest resend daily latest --to desk@example.org
    techwatch digest resolve 17 send                17 is in doubt, or failed: send it after all
    """


@digest.command()
@click.argument("edition", required=False)
@click.option("--dry-run", "what", flag_value="dry-run", default=True, help="Print it (default).")
@click.option("--send", "what", flag_value="send", help="Send it now, to all its recipients.")
@click.option("--open", "what", flag_value="open", help="Show it in a browser; sends nothing.")
@click.option("--json", "what", flag_value="json", help="Print it as JSON; sends nothing.")
@click.pass_obj
def compose(places: Places, edition: str | None, what: str) -> None:
    """Compose a digest of what its readers have not been told.

    Without EDITION the first one of digests.yaml. What is sent by hand counts as told: the next
    scheduled digest does not repeat it. The word `compose` can be left out.

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
    deliveries.send(watch, watch.store.ledger.of(composed.edition_id, composed.slot))


for command in (deliveries.issues, deliveries.show, deliveries.resend, deliveries.resolve):
    digest.add_command(command)
