"""The labelled news beside the project, and one system to judge it. For measuring only."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techwatch.assessment import AssessmentSettings, Assessor, Reading
from techwatch.baseline.loading import load
from techwatch.baseline.standings import standings
from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Assessment, Field, Item, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import Baseline, Mention, Standing

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
DEV_ITEMS = SHARED / "data/dev_items.jsonl"
DEV_STORIES = SHARED / "data/dev_stories.jsonl"
BACKGROUND = SHARED / "data/background_dev.jsonl.gz"
STREAM = SHARED / "data/stream_2023-01.jsonl.gz"
SCORE = SHARED / "tools/score.py"
SCORE_STORIES = SHARED / "tools/score_stories.py"


@dataclass(frozen=True)
class Labelled:
    """An item with what a careful reader says of it."""

    item: Item
    raw: dict[str, Any]

    @property
    def verdict(self) -> Verdict:
        """The reader's verdict."""
        return Verdict(self.raw["verdict"])

    @property
    def importance(self) -> int:
        """0 not for the digest, 1 marginal, 2 yes, 3 must read."""
        return int(self.raw["importance"])

    @property
    def week(self) -> tuple[int, int]:
        """ISO year and week: news of one week is not independent, so weeks are folds."""
        published = self.item.published or datetime.fromtimestamp(0, UTC)
        year, week, _ = published.isocalendar()
        return year, week


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Read JSON lines, packed or not."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    yield from (json.loads(line) for line in text.split("\n") if line.strip())


def as_item(raw: dict[str, Any], number: int) -> Item:
    """Make an item of a line."""
    published = datetime.fromisoformat(raw["published"][:19])
    return Item(
        id=str(raw.get("id", number)),
        feed_url=str(raw.get("feed") or raw.get("source") or ""),
        identity=f"line:{number}",
        title=raw["title"],
        summary=raw.get("summary") or "",
        link=raw.get("link"),
        published=published.replace(tzinfo=UTC),
        language=(raw.get("lang") or "en")[:2].lower(),
    )


def load_items() -> list[Labelled]:
    """Return the labelled items in the order of the file."""
    return [Labelled(as_item(raw, n), raw) for n, raw in enumerate(lines(DEV_ITEMS))]


def load_background() -> list[Labelled]:
    """Return headlines that don't speak of China, labelled as unrelated."""
    label = {"verdict": Verdict.UNRELATED.value, "importance": 0}
    return [Labelled(as_item(raw, n), raw | label) for n, raw in enumerate(lines(BACKGROUND))]


@dataclass(frozen=True, eq=False)
class Bench:
    """Baseline, matcher and assessor, as the program uses them."""

    baseline: Baseline
    matcher: Matcher
    assessor: Assessor
    standings: dict[str, tuple[Standing, ...]]

    @staticmethod
    @cache
    def make() -> Bench:
        """Load the project's own baseline."""
        baseline = load(ROOT / "baseline")
        return Bench(
            baseline,
            Matcher(baseline, MatchingSettings()),
            Assessor(baseline, AssessmentSettings()),
            {e.id: standings(e, baseline) for e in baseline.entities.values()},
        )

    def mentions(self, item: Item) -> tuple[Mention, ...]:
        """Match an item."""
        return self.matcher.mentions({Field.TITLE: item.title, Field.SUMMARY: item.summary})

    def read(self, labelled: Labelled) -> Reading:
        """Match and read an item."""
        return self.assessor.read(labelled.item, self.mentions(labelled.item))

    def assess(self, reading: Reading) -> Assessment:
        """Judge a reading against the baseline alone."""
        known = [s for i in reading.entity_ids for s in self.standings[i]]
        return self.assessor.assess(reading, known, None)
