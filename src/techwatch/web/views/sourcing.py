"""New sources of the baseline: looked at, written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from techwatch.baseline import proposing, sourcing
from techwatch.errors import InvalidFilesError
from techwatch.model import Source

if TYPE_CHECKING:
    from techwatch.watch import Watch


class NewSource(BaseModel, frozen=True, extra="ignore"):
    """A document or an article, as somebody describes it."""

    id: str = Field(max_length=100, description="Small letters, digits, dashes: nupi-2021.")
    title: str = Field(max_length=500)
    publisher: str = Field(max_length=200)
    date: str = Field(max_length=40, description="As precise as it says: 2020-09.")
    author: str = Field("", max_length=200)
    kind: Literal["document", "article"] = "document"
    link: str = Field("", max_length=2_000)

    def source(self) -> Source:
        """Return it as the baseline has it; what is empty is not said."""
        title, publisher, author = (
            " ".join(text.split()) for text in (self.title, self.publisher, self.author)
        )
        link = self.link.strip() or None
        return Source(
            self.id.strip(), title, publisher, self.date.strip(), author or None, self.kind, link
        )


@dataclass(frozen=True, slots=True)
class SourceProposal:
    """A source, looked at."""

    id: str
    diff: str  # unified; empty where the list can't take it
    problems: tuple[str, ...]  # all there would be; none: it can be written


def look(watch: Watch, new: NewSource) -> SourceProposal:
    """Look at a source that is to be added; nothing is written."""
    source = new.source()
    try:
        change = sourcing.added(watch.baseline_dir, source)
    except InvalidFilesError as error:
        return SourceProposal(source.id, "", tuple(map(str, error.problems)))
    found = proposing.problems(watch.baseline_dir, change)
    return SourceProposal(source.id, change.diff(watch.baseline_dir), tuple(map(str, found)))


def write(watch: Watch, new: NewSource) -> Source:
    """Add a source.

    Raises EditError where the list can't be written or changed meanwhile, and InvalidFilesError
    with all that would be wrong; nothing is changed then.
    """
    source = new.source()
    sourcing.write(watch.baseline_dir, source)
    return source
