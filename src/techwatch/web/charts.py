"""Charts as SVG, made on the server: they need no script, and their values stand in a table beside.

Pure. Classes only, no style attributes: colours are those of the style sheet, light and dark.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WIDTH, _HEIGHT = 640, 190  # in units of the picture; it scales to the width that there is
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 8, 14, 26  # room for what is written at the axes, on a phone too
_STUB = 2  # height of a bar of 0, where weeks without any value would look the same
_GAP = 0.25  # of a bar's room, between two
_LABELS = 4  # written below the axis, at most


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a chart."""

    label: str  # "3 Aug 2026"
    value: float | None  # 0 or more; None: there is none, which is not 0


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart says, in the reader's language."""

    title: str  # "Items that mention Huawei, by week"
    summary: str  # one sentence: what there is to see
    values: str  # on what opens the table
    label: str  # heading of the first column: "Week from"
    value: str  # heading of the second: "Items"


def bars(
    values: Sequence[Bar],
    words: Words,
    *,
    key: str,
    number: Callable[[float], str] = "{:g}".format,
    highest: float | None = None,
) -> Markup:
    """Draw bars over time, oldest first, with an axis and, to be opened, their values as a table.

    Args:
        values: at least one.
        words: what the chart says; escaped here.
        key: tells this chart from others of the page; letters, digits, - only.
        number: how a value is written.
        highest: what the axis goes up to; None: to a round number above the values.
    """
    top = highest or _round_top(max((bar.value or 0 for bar in values), default=0))
    drawn = Markup("").join(
        (_axis(top, number), *_drawn(values, top, number), *_labels([bar.label for bar in values]))
    )
    return Markup(
        '<figure class="figure"><figcaption>{title} <span class="muted">{summary}</span>'
        "</figcaption>"
        '<svg class="chart" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{key}-title {key}-desc">'
        '<title id="{key}-title">{title}</title><desc id="{key}-desc">{summary}</desc>'
        "{drawn}</svg>{table}</figure>"
    ).format(
        key=key,
        title=words.title,
        summary=words.summary,
        width=_WIDTH,
        height=_HEIGHT,
        drawn=drawn,
        table=_table(values, words, number),
    )


def _round_top(highest: float) -> float:
    """Return the value at the top of the axis: 1, 2, 4, 6 or 8 times a power of ten, at least 2."""
    if highest <= 2:
        return 2
    unit = 10 ** math.floor(math.log10(highest))
    return float(next(unit * step for step in (1, 2, 4, 6, 8, 10) if unit * step >= highest))


def _axis(top: float, number: Callable[[float], str]) -> Markup:
    line = Markup(
        '<line class="axis" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
        '<text x="{at}" y="{below}" text-anchor="end">{value}</text>'
    )
    return Markup("").join(
        line.format(
            left=_LEFT,
            right=_WIDTH - _RIGHT,
            y=_short(_y(value, top)),
            at=_LEFT - 6,
            below=_short(_y(value, top) + 4),
            value=number(value),
        )
        for value in (0, top / 2, top)
    )


def _drawn(values: Sequence[Bar], top: float, number: Callable[[float], str]) -> tuple[Markup, ...]:
    room = _room(len(values))
    stub = _STUB if any(bar.value is None for bar in values) else 0
    one = Markup(
        '<rect class="bar" x="{x}" y="{y}" width="{width}" height="{height}">'
        "<title>{label}: {value}</title></rect>"
    )
    return tuple(
        one.format(
            x=_short(_LEFT + room * (i + _GAP / 2)),
            y=_short(_y(0, top) - height),
            width=_short(room * (1 - _GAP)),
            height=_short(height),
            label=bar.label,
            value=number(bar.value),
        )
        for i, bar in enumerate(values)
        if bar.value is not None and (height := max(_y(0, top) - _y(bar.value, top), stub)) > 0
    )


def _labels(labels: Sequence[str]) -> tuple[Markup, ...]:
    """Write some labels below the axis, the first and the last among them."""
    last = len(labels) - 1
    count = min(_LABELS, len(labels))
    shown = sorted({round(i * last / max(count - 1, 1)) for i in range(count)})
    one = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}">{label}</text>')
    room = _room(len(labels))
    return tuple(
        one.format(
            x=_short(_LEFT + room * (i + 0.5)),
            y=_HEIGHT - 8,
            anchor="start" if i == 0 and last else "end" if i == last and last else "middle",
            label=labels[i],
        )
        for i in shown
    )


def _table(values: Sequence[Bar], words: Words, number: Callable[[float], str]) -> Markup:
    row = Markup('<tr><th scope="row">{label}</th><td class="n">{value}</td></tr>')
    rows = Markup("").join(
        row.format(label=b.label, value="–" if b.value is None else number(b.value)) for b in values
    )
    return Markup(
        "<details><summary>{values}</summary><table><thead><tr>"
        '<th scope="col">{label}</th><th scope="col" class="n">{value}</th></tr></thead>'
        "<tbody>{rows}</tbody></table></details>"
    ).format(values=words.values, label=words.label, value=words.value, rows=rows)


def _room(count: int) -> float:
    return (_WIDTH - _LEFT - _RIGHT) / max(count, 1)


def _y(value: float, top: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


def _short(number: float) -> str:
    """Write a coordinate to a tenth."""
    return escape(f"{number:.1f}".removesuffix(".0"))
