"""What keeps editions from going out: told with file and line before the service starts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from techwatch.digests.delivery import Channel
    from techwatch.model import Edition
    from techwatch.yamlfile import YamlDocument


def problems(
    document: YamlDocument,
    editions: Iterable[Edition],
    channels: Mapping[str, Channel],
    targets: Collection[str],
) -> Iterator[Problem]:
    """Find the channels of editions that can't be used, and the targets that no channel has.

    Args:
        document: digests.yaml, from which the editions were read without a problem.
        editions: the editions.
        channels: the channels by id.
        targets: the names of all webhooks and Apprise services.
    """
    for edition in editions:
        place = _place(document, edition.id)
        for number, name in enumerate(edition.channels):
            if why := channels[name].problem(edition):
                line = document.line(("editions", place, "channels", number))
                message = f"editions.{place}.channels: {edition.id} can't go out by {name}: {why}"
                yield Problem(document.name, line, message)
        for number, name in enumerate(edition.targets):
            if name not in targets:
                line = document.line(("editions", place, "targets", number))
                known = ", ".join(sorted(targets)) or "none"
                message = f"no webhook or Apprise service is called {name!r}; there are: {known}"
                yield Problem(document.name, line, f"editions.{place}.targets.{number}: {message}")


def _place(document: YamlDocument, edition_id: str) -> int:
    """Return where in the file an edition stands."""
    listed = document.data["editions"]
    return next(i for i, entry in enumerate(listed) if entry.get("id") == edition_id)
