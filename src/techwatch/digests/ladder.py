"""Draw a ladder: the steps below, the one that stands now, those ahead, and where it stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from techwatch.digests.wording import Wording
    from techwatch.model import Development

Place = Literal["passed", "now", "ahead"]
GLYPHS: dict[Place, str] = {"passed": "●", "now": "◉", "ahead": "○"}


@dataclass(frozen=True, slots=True)
class Step:
    """One rung as it is drawn."""

    label: str
    place: Place
    note: str  # "was here"; empty but for the one rung on which it stood before

    @property
    def sign(self) -> str:
        """The step as it is drawn, in one piece: "◉ fined", "● warned (was here)"."""
        note = f" ({self.note})" if self.note else ""
        return f"{GLYPHS[self.place]} {self.label}{note}".replace(" ", "\u00a0")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A ladder with what it shows in words."""

    steps: tuple[Step, ...]
    caption: str  # "Coercion of an actor: from under inquiry to fined."

    @property
    def line(self) -> str:
        """The steps as plain text: "● warned → ◉ fined → ○ banned"."""
        return " → ".join(step.sign for step in self.steps)


def draw(development: Development, words: Wording) -> Drawing | None:
    """Draw the ladder of a development; None where it moves on none."""
    before, after = development.rung_before, development.rung_after
    if not development.ladder or (before is None and after is None):
        return None
    was = before if before != after else None
    steps = tuple(
        Step(label, _place(index, after), words.say("ladder.was") if index == was else "")
        for index, label in enumerate(development.ladder)
    )
    return Drawing(steps, _caption(development, words))


def _place(index: int, after: int | None) -> Place:
    if after is None or index > after:
        return "ahead"
    return "now" if index == after else "passed"


def _caption(development: Development, words: Wording) -> str:
    text = _move(development.ladder, development.rung_before, development.rung_after, words)
    if development.track_label:
        return f"{development.track_label}: {text}"
    return text[:1].upper() + text[1:]


def _move(ladder: tuple[str, ...], before: int | None, after: int | None, words: Wording) -> str:
    if after is None:
        return words.say("ladder.left", before=ladder[before or 0])
    if before is None:
        return words.say("ladder.first", after=ladder[after])
    if before == after:
        return words.say("ladder.same", after=ladder[after])
    return words.say("ladder.moved", before=ladder[before], after=ladder[after])
