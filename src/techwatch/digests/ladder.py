"""Draw a ladder: the steps below, the one that stands now, those ahead, and where it stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from techwatch.model import Verdict

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
    stood = before if _again(development) else None  # a further step takes nothing back
    steps = tuple(
        Step(label, _place(index, after, stood), words.say("ladder.was") if index == was else "")
        for index, label in enumerate(development.ladder)
    )
    return Drawing(steps, _caption(development, words))


def _again(development: Development) -> bool:
    """Whether a further step was taken below the highest one so far."""
    before, after = development.rung_before, development.rung_after
    up = development.verdict is not Verdict.EASING
    return up and before is not None and after is not None and before > after


def _place(index: int, after: int | None, stood: int | None) -> Place:
    if index == after:
        return "now"
    highest = max((i for i in (after, stood) if i is not None), default=-1)
    return "passed" if index <= highest else "ahead"


def _caption(development: Development, words: Wording) -> str:
    ladder, before, after = development.ladder, development.rung_before, development.rung_after
    if _again(development) and before is not None and after is not None:
        text = words.say("ladder.again", after=ladder[after], before=ladder[before])
    else:
        text = _move(ladder, before, after, words)
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
