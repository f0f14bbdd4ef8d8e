"""Takes pictures of every page, and says which look other than the kept ones.

`make screenshots` starts desks with news of a fixed time, has Chromium show every page on a
phone and on a wide screen, in light and in dark, and saves the pictures to a folder. In each of
these looks axe searches the page for what keeps people out, and the page is tried for what does
not fit. Of each picture only a fingerprint is kept in the repository: pictures are large, and
depend on a machine's fonts. A fingerprint is what remains of a picture that is shrunk to a few
grey cells: one bit for each, whether it is lighter than the next. A changed word turns few bits;
a lost style sheet many. It fails where something was found, or a picture looks different.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.web.places import place
from tests.web.scenes import scenes
from tests.web.sights import EVERY_LOOK, Sight, chromium, turned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import FloatRect, Page

KEPT = Path("docs/screenshots.json")
ALIKE = 0.12  # the share of bits that may differ
_CELLS = 16
_TALLEST = 1_600  # pixels
_SHRINK = """async ([picture, cells]) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(cells + 1, cells);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, cells + 1, cells);
  const {data} = context.getImageData(0, 0, cells + 1, cells);
  const grey = i => data[4 * i] * 3 + data[4 * i + 1] * 6 + data[4 * i + 2];
  let bits = '';
  for (let y = 0; y < cells; y++)
    for (let x = 0; x < cells; x++)
      bits += grey(y * (cells + 1) + x) > grey(y * (cells + 1) + x + 1) + 8 ? '1' : '0';
  return bits;
}"""


def main() -> None:
    """Take the pictures, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=Path, default=Path("var/screenshots"))
    parser.add_argument("--only", help="a part of the names of the pages to be taken")
    parser.add_argument("--language", default="en")
    parser.add_argument("--keep", action="store_true", help="keep the fingerprints of these")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        seen = list(_seen(Path(folder), options.to, options.only or "", options.language))
    taken = {name: bits for one in seen for name, bits in one.pictures.items()}
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    if options.keep:
        rest = kept if options.only else {}  # what is not shown any more is not kept either
        KEPT.write_text(json.dumps(rest | taken, indent=0, sort_keys=True) + "\n", "utf-8")
    told = differences(kept, taken)
    found = [f"{one.name}: {line}" for one in seen for line in one.found]
    ends = f"{len(seen)} pages, {len(found)} findings by axe and of what does not fit"
    print("\n".join([*told, *found, ends]))
    print(f"{len(taken)} pictures in {options.to}, {len(told)} look different")
    sys.exit(bool(found) or (bool(told) and not options.keep))


@dataclass(frozen=True)
class _Seen:
    """A page that was looked at."""

    name: str
    pictures: dict[str, str]  # their fingerprints, by name
    found: list[str]  # what was wrong


def differences(kept: Mapping[str, str], taken: Mapping[str, str]) -> list[str]:
    """Say which pictures differ from the kept ones by more than a changed word."""
    told = []
    for name, bits in sorted(taken.items()):
        if name not in kept:
            told.append(f"{name}: new")
        elif (share := _apart(kept[name], bits)) > ALIKE:
            told.append(f"{name}: {share:.0%} of it looks different")
    return told


def _apart(one: str, other: str) -> float:
    """Return the share of bits in which two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count() / _CELLS**2


def _seen(folder: Path, to: Path, only: str, language: str) -> Iterator[_Seen]:
    with place(folder, language) as there, chromium(folder / "user", language) as context:
        page = context.pages[0]
        blank = context.new_page()  # where pictures are shrunk: no policy of the desk holds there
        page.bring_to_front()
        for name, scene in scenes().items():
            if only in name:
                sight = Sight(page, there, scene)
                sight.opened()
                pictures = dict(_pictures(page, blank, name, to))
                sight.fitted()
                yield _Seen(name, pictures, sight.tested(EVERY_LOOK))


def _pictures(page: Page, blank: Page, name: str, to: Path) -> Iterator[tuple[str, str]]:
    for width, scheme in EVERY_LOOK:
        turned(page, width, scheme)
        page.evaluate("scrollTo(0, 0)")
        full = f"{name}-{width}-{scheme}"
        picture = page.screenshot(path=to / f"{full}.png", full_page=True, clip=_top(page, width))
        bits = blank.evaluate(_SHRINK, [base64.b64encode(picture).decode(), _CELLS])
        yield full, f"{int(bits, 2):0{_CELLS**2 // 4}x}"


def _top(page: Page, width: int) -> FloatRect:
    """Return what is pictured of a page: of a long one its beginning, the rest looks alike."""
    tall: int = page.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": 0, "width": width, "height": min(tall, _TALLEST)}


if __name__ == "__main__":
    main()
