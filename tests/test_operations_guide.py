"""docs/operations.md against the program: alarms, settings, commands and files that it names."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from techwatch.cli import cli
from techwatch.faults import CODES
from techwatch.settings import Settings
from techwatch.settings.schema import leaves, variable

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_every_code_of_a_fault_has_its_paragraph_and_there_are_no_others() -> None:
    paragraphs = re.findall(r"^### (\S+)\n(\S.*\n)+", TEXT, re.MULTILINE)
    assert [code for code, _ in paragraphs] == sorted(CODES)


def test_settings_that_it_names_are_there() -> None:
    known = {".".join(place) for place, _ in leaves(Settings)}
    sections = {name.partition(".")[0] for name in known if "." in name}
    dotted = set(re.findall(r"`([a-z_]+\.[a-z_]+)(?::[^`]*)?`", TEXT)) - set(CODES)
    files = {f"{name}.yaml" for name in ("techwatch", "feeds", "digests")}
    settings = {name for name in dotted if name.partition(".")[0] in sections} - files
    assert len(settings) > 10
    assert settings <= known


def test_variables_that_it_names_are_there() -> None:
    known = {variable(place) for place, _ in leaves(Settings)} | {"TECHWATCH_CONFIG"}
    known |= {f"{variable(place)}_FILE" for place, leaf in leaves(Settings) if leaf.secret}
    shown = set(re.findall(r"TECHWATCH_\w+", TEXT))
    assert shown
    assert shown <= known


def named(group: click.Group) -> set[str]:
    return set(group.list_commands(click.Context(group)))


def commands() -> set[str]:
    """List the calls of techwatch that it shows."""
    found = re.findall(r"\b(?:techwatch|tw) ([a-z][^`\n#>|;]*)", TEXT)
    return {call.strip() for call in found if call.split()[0] in named(cli)}


@pytest.mark.parametrize("call", sorted(commands()))
def test_commands_that_it_shows_are_there(call: str) -> None:
    words = call.split()
    command: click.Command = cli
    while words and isinstance(command, click.Group):
        assert words[0] in named(command), call
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None
        command = found
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word.rstrip(",.)") for word in words if word.startswith("--")} <= options, call


def test_it_shows_commands() -> None:
    assert len(commands()) > 15


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"packaging/[\w./@-]+|\]\(([\w.]+md)\)", TEXT)))
)
def test_files_that_it_names_are_there(path: str) -> None:
    if path:
        assert (ROOT / "docs" / path).exists()


def test_alarms_name_figures_that_there_are() -> None:
    sources = [ROOT / "src/techwatch" / name for name in ("metrics.py", "endpoints/metrics.py")]
    source = "".join(path.read_text("utf-8") for path in sources)
    for name in set(re.findall(r"techwatch_([a-z_]+)", TEXT)) - {"url"}:
        assert f'"{name}"' in source, name
