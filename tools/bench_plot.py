"""A small plot as SVG: lines on logarithmic axes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 440, 340
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 44, 52
COLOURS = ("#1b6ca8", "#c8553d", "#4a7c59", "#8a5a9e")
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: lines by name, each of points with positive coordinates."""

    title: str
    x: str
    y: str
    lines: dict[str, Sequence[Point]]


def svg(panels: Sequence[Panel]) -> str:
    """Draw panels side by side."""
    width = WIDTH * len(panels)
    drawn = "\n".join(
        f'<g transform="translate({WIDTH * number},0)">\n{_panel(panel)}\n</g>'
        for number, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" '
        f'width="{width}" height="{HEIGHT}" font-family="sans-serif" font-size="11">\n'
        f'<rect width="{width}" height="{HEIGHT}" fill="#ffffff"/>\n{drawn}\n</svg>\n'
    )


def _panel(panel: Panel) -> str:
    points = [point for line in panel.lines.values() for point in line]
    xs, ys = (_decades([point[axis] for point in points]) for axis in (0, 1))
    parts = [_text(WIDTH / 2, 18, panel.title, size=13, anchor="middle")]
    for decade in range(xs[0], xs[1] + 1):
        x = _place(10.0**decade, xs, LEFT, WIDTH - RIGHT)
        parts += [
            _line(x, TOP, x, HEIGHT - BOTTOM),
            _text(x, HEIGHT - BOTTOM + 16, _number(decade)),
        ]
    for decade in range(ys[0], ys[1] + 1):
        y = _place(10.0**decade, ys, HEIGHT - BOTTOM, TOP)
        parts += [_line(LEFT, y, WIDTH - RIGHT, y), _text(LEFT - 6, y + 4, _number(decade), "end")]
    parts.append(_text((LEFT + WIDTH) / 2, HEIGHT - 14, panel.x))
    parts.append(_text(LEFT - 50, TOP - 10, panel.y, "start"))
    for number, (name, line) in enumerate(panel.lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [
            (_place(x, xs, LEFT, WIDTH - RIGHT), _place(y, ys, HEIGHT - BOTTOM, TOP))
            for x, y in line
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        parts.append(_text(LEFT + 10, TOP + 16 + 15 * number, name, "start", colour=colour))
    return "\n".join(parts)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def _place(value: float, decades: tuple[int, int], start: float, end: float) -> float:
    share = (math.log10(value) - decades[0]) / (decades[1] - decades[0])
    return start + share * (end - start)


def _number(decade: int) -> str:
    return f"{10**decade:,}" if decade >= 0 else f"{10.0**decade:g}"


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="#dddddd"/>'


def _text(
    x: float, y: float, text: str, anchor: str = "middle", size: int = 11, colour: str = "#222222"
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"'
    return f"<text {place}>{escape(text)}</text>"
