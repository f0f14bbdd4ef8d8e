"""The command line: parse, call, print."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from pathlib import Path

import click

from techwatch import __version__
from techwatch.errors import InvalidFilesError, TechwatchError

COMMANDS = {
    "run": "service:run",
    "worker": "worker:worker",
    "web": "web:web",
    "poll": "service:poll",
    "digest": "digest:digest",
    "check": "check:check",
    "search": "search:search",
    "explain": "explain:explain",
    "judge": "judge:judge",
    "judgements": "judgements:judgements",
    "replay": "replay:replay",
    "feeds": "feeds:feeds",
    "baseline": "baseline:baseline",
    "emerging": "emerging:emerging",
    "config": "config:config",
    "db": "db:db",
    "status": "status:status",
    "demo": "demo:demo",
}


_ADVICE = {
    errno.ENOSPC: "make room on its disk, and give the command again",
    errno.EDQUOT: "make room on its disk, and give the command again",
    errno.EROFS: "its disk is mounted for reading only",
    errno.EACCES: "see who may write there",
    errno.EPERM: "see who may write there",
    errno.EMFILE: "let the process open more: see `ulimit -n`",
    errno.ENFILE: "the system has too many files open",
    errno.EIO: "the disk may be failing: see the log of the system",
    errno.EFBIG: "the process may not write files of that size: see `ulimit -f`",
}


class LazyGroup(click.Group):
    """A group that imports a command only when it is called: `--version` needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which a user meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(f"techwatch.cli.{module}"), name)
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="techwatch", message="%(prog)s %(version)s")
@click.option(
    "--config",
    "config_dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="TECHWATCH_CONFIG",
    help="Folder of techwatch.yaml, feeds.yaml and digests.yaml.",
)
@click.option(
    "--baseline",
    "baseline_dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="TECHWATCH_BASELINE",
    help="Folder of the baseline.",
)
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Shorthand for data_dir=DIR."
)
@click.option(
    "-s", "--set", "options", multiple=True, metavar="KEY=VALUE", help="Override one setting."
)
@click.pass_context
def cli(
    context: click.Context,
    config_dir: Path | None,
    baseline_dir: Path | None,
    data: Path | None,
    options: tuple[str, ...],
) -> None:
    """Watch news feeds for what is new against a baseline of known actors and laws.

    \b
    techwatch demo                        see it work on bundled feeds
    techwatch check "EU fines TikTok"     judge a text
    techwatch check huawei                what is known of a name
    techwatch search "chip export"        what the archive holds
    techwatch run                         start the service
    """
    from techwatch.cli.context import Places  # noqa: PLC0415 - `--version` needs none of it

    if data is not None:
        options = (*options, f"data_dir={data.absolute()}")
    context.obj = Places.find(config_dir, baseline_dir, options)


def main() -> None:
    """Run the command; an expected error is a message and an exit status, not a traceback."""
    try:
        cli(standalone_mode=True)
    except InvalidFilesError as error:
        click.echo(error, err=True)
        count = len(error.problems)
        click.echo(f"{count} problem{'s' if count > 1 else ''}; nothing was changed", err=True)
        sys.exit(2)
    except TechwatchError as error:
        click.echo(f"techwatch: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:  # `techwatch ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if (advice := _advice(error)) is None:
            raise
        click.echo(f"techwatch: {advice}", err=True)
        sys.exit(1)


def _advice(error: OSError) -> str | None:
    """Say what the system lacks and what to do; None where it is a fault of ours."""
    if isinstance(error.args[0] if error.args else None, list):  # shutil's, one for each file
        return next((f"{source}: {why}" for source, _, why in error.args[0]), None)
    if error.errno not in _ADVICE:
        return None
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror}; {_ADVICE[error.errno]}"
