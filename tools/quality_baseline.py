"""Measure what the baseline knows of the documents that it is drawn from.

usage: quality_baseline.py [--failures]

Recall: of the entities that a document mentions, how many the matcher finds in its paragraphs.
False alarms: judged sentence by sentence as headlines of the end of 2021, how many are flagged;
the baseline should know what its own sources say. Then the same for its facts, which tell the
documents in our own words. --failures lists what is missed
and flagged, each sentence by document and line with its first words only: they are other
people's texts, which the project doesn't repeat. Skips with the reason where they are absent.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from techwatch.assessment import AssessmentSettings
from techwatch.baseline.loading import load
from techwatch.judging import Judge, loose_item
from techwatch.matching import MatchingSettings
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from techwatch.model import Assessment, Baseline, Item

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
DOCUMENTS = SHARED / "documents"
LABELS = SHARED / "data/entities.csv"
AS_OF = datetime(2021, 12, 31, tzinfo=UTC)

SHOWN = 60  # characters of a sentence that are printed
LEAST_WORDS = 4  # fewer are a name in a table, not something that is said
COPIED = 60  # characters: a line so long that stands twice is a second copy, not a refrain

# What a page says about itself, by how the line begins.
CHROME = re.compile(
    r"(?:filed under|leave a comment|\d+ comments?$|tag archives|scroll to top|hopp til|temaer$"
    r"|download|all rights reserved|exclusive$|written by|screenshot of|stay in the know"
    r"|the author contributed|\S+\.(?:png|jpe?g)$)",
    re.IGNORECASE,
)
# From here to the end a page only points elsewhere.
TAIL = re.compile(r"(?:further reading|related (?:posts|articles)|temaer)$", re.IGNORECASE)
BYLINE = re.compile(r"(?:by|written by:?) [A-Z]|updated:", re.IGNORECASE)
BULLET = re.compile(r"^\s*•\s*")
ENDS_SENTENCE = re.compile(r"[.!?:][”\"’]?$")
BETWEEN_SENTENCES = re.compile(
    r"(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bInc\.)(?<!\bLtd\.)(?<!\bCo\.)(?<!\bCorp\.)"
    r"(?<!\bSept\.)(?<!\bOct\.)(?<!U\.S\.)(?<=[.!?”\"’])(?<![^.!?,][”\"’])\s+(?=[A-Z“‘\"])"
)


@dataclass(frozen=True)
class Line:
    """A line of a document that is no furniture of its page."""

    number: int
    text: str

    @property
    def is_entry(self) -> bool:
        """Whether it is a heading or an entry of a list, not a paragraph."""
        return not ENDS_SENTENCE.search(self.text)


@dataclass(frozen=True)
class Judged:
    """A sentence of a document with its verdict."""

    document: str
    line: int  # 0 for a fact
    sentence: str
    assessment: Assessment

    @property
    def flagged(self) -> bool:
        """Whether it would be told as news."""
        return self.assessment.verdict.flagged


@dataclass(frozen=True)
class Sought:
    """An entity that a document mentions by name or only describes, and whether it is found."""

    document: str
    entity_id: str
    named: bool
    found: bool
    listed: bool = True  # False: found, though the labels don't say that it is mentioned


def absent() -> str | None:
    """Say why nothing can be measured, None if it can."""
    missing = [path for path in (DOCUMENTS, LABELS) if not path.exists()]
    return f"{missing[0]} is not here: documents are not checked" if missing else None


def documents() -> list[str]:
    """Return the ids of the documents that are there."""
    return sorted(path.stem for path in DOCUMENTS.glob("*.txt"))


def read(document: str) -> list[Line]:
    """Return the lines of a document without menus, comment counts, blurbs and second copies."""
    kept: dict[str, Line] = {}
    path = DOCUMENTS / f"{document}.txt"
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = BULLET.sub("", raw).strip()
        if TAIL.match(text):
            break
        if text and not CHROME.match(text):
            key = text if len(text) >= COPIED else f"{number}"
            kept.setdefault(key, Line(number, text))
    return list(kept.values())


def paragraphs(lines: Iterable[Line]) -> Iterator[str]:
    """Give paragraphs; headings and entries of a list that follow one another are one."""
    entries: list[str] = []
    for line in lines:
        if line.is_entry:
            entries.append(line.text)
            continue
        if entries:
            yield "\n".join(entries)
            entries = []
        yield line.text
    if entries:
        yield "\n".join(entries)


def sentences(line: Line) -> list[str]:
    """Split a line; a line that is a heading is one sentence, a name or a byline none."""
    if BYLINE.match(line.text):
        return []
    parts = BETWEEN_SENTENCES.split(line.text)
    return [part for part in parts if len(part.split()) >= LEAST_WORDS]


def make_judge(baseline: Baseline) -> Judge:
    """Join matching and assessment as the program does, with the settings it ships with."""
    return Judge.of(baseline, MatchingSettings(), AssessmentSettings())


def found_in(document: str, judge: Judge) -> set[str]:
    """Return the entities that are found in a document, paragraph by paragraph."""
    items = [replace(loose_item(""), body=text) for text in paragraphs(read(document))]
    return {mention.entity_id for item in items for mention in judge.mentions(item)}


def sought(baseline: Baseline, judge: Judge) -> list[Sought]:
    """Look for every entity in each document that the labels say mentions it, and for others."""
    wanted: dict[str, list[str]] = defaultdict(list)
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for document in row["documents"].split():
                wanted[document].append(row["id"])
    return [
        one
        for document, ids in sorted(wanted.items())
        for one in _sought_in(document, ids, baseline, judge)
    ]


def _sought_in(
    document: str, ids: Sequence[str], baseline: Baseline, judge: Judge
) -> Iterator[Sought]:
    named, found = named_in(document, baseline), found_in(document, judge)
    for entity_id in ids:
        yield Sought(document, entity_id, entity_id in named, entity_id in found)
    for entity_id in sorted(found - set(ids)):
        yield Sought(document, entity_id, entity_id in named, found=True, listed=False)


def named_in(document: str, baseline: Baseline) -> set[str]:
    """Return the entities of which a name stands in a document, strong or weak, case aside.

    A name inside a longer name of another entity names only that: "Biden administration".
    """
    text = fold("\n".join(line.text for line in read(document))).text
    spans = {
        (match.start(), match.end(), entity.id)
        for entity in baseline.entities.values()
        for name in {fold(name.text).text.strip() for name in entity.names}
        if name in text
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    }
    return {i for start, end, i in spans if not _inside_another(start, end, i, spans)}


def _inside_another(start: int, end: int, entity_id: str, spans: set[tuple[int, int, str]]) -> bool:
    return any(
        s <= start and end <= e and e - s > end - start and other != entity_id
        for s, e, other in spans
    )


def recall(result: Sequence[Sought]) -> float:
    """Return the share of what is listed that is found, 0 to 1; 1 where nothing is sought."""
    found = [one.found for one in result if one.listed]
    return sum(found) / len(found) if found else 1.0


def judged(documents: Iterable[str], judge: Judge) -> list[Judged]:
    """Judge every sentence on its own, as a headline of the end of 2021."""
    return [
        Judged(document, line.number, sentence, judge.alone(as_news(sentence)))
        for document in documents
        for line in read(document)
        for sentence in sentences(line)
    ]


def judged_facts(baseline: Baseline, judge: Judge) -> list[Judged]:
    """Judge every fact of the baseline, in our own words, in the same way."""
    return [
        Judged(fact.source, 0, fact.text, judge.alone(as_news(fact.text)))
        for entity in baseline.entities.values()
        for fact in entity.facts
    ]


def as_news(sentence: str) -> Item:
    """Make a sentence the headline of an item without a summary: the hardest way to judge it."""
    return replace(loose_item(sentence), published=AS_OF)


# ------------------------------------------------------------------------------- printing


def show_recall(result: Sequence[Sought]) -> None:
    """Print recall for what is named and what is only described, by document and in all."""
    print("| document | named | found | only described | found | others found |")
    print("| --- |" + " ---: |" * 5)
    documents = sorted({one.document for one in result})
    for document in documents:
        print(_recall_row(document, [one for one in result if one.document == document]))
    print(_recall_row("all", result))


def _recall_row(name: str, result: Sequence[Sought]) -> str:
    named = [one.found for one in result if one.named and one.listed]
    described = [one.found for one in result if not one.named and one.listed]
    others = sum(not one.listed for one in result)
    figures = (len(named), sum(named), len(described), sum(described), others)
    return f"| {name} | " + " | ".join(map(str, figures)) + " |"


def show_alarms(result: Sequence[Judged]) -> None:
    """Print how many sentences are flagged, by document and in all."""
    print("\n| document | sentences | flagged | share |\n| --- |" + " ---: |" * 3)
    documents = sorted({one.document for one in result})
    for document in documents:
        print(_alarm_row(document, [one for one in result if one.document == document]))
    print(_alarm_row("all", result))


def _alarm_row(name: str, result: Sequence[Judged]) -> str:
    flagged = sum(one.flagged for one in result)
    return f"| {name} | {len(result)} | {flagged} | {flagged / len(result):.3f} |"


def show_failures(places: Iterable[Sought], alarms: Iterable[Judged]) -> None:
    """Print what is not found or should not be, and what is flagged and why."""
    for one in places:
        how = "named" if one.named else "described"
        what = "found beyond the list" if one.found else "not found"
        print(f"{what} in {one.document}: {one.entity_id} ({how})")
    for alarm in alarms:
        place = f"{alarm.document}.txt:{alarm.line}" if alarm.line else "fact"
        print(f"{place}: {alarm.assessment.verdict}: {alarm.sentence[:SHOWN]}")
        print(f"    {alarm.assessment.reason}")


def main() -> None:
    """Measure both, and print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--failures", action="store_true", help="list what is missed and flagged")
    options = parser.parse_args()
    if (reason := absent()) is not None:
        print(f"baseline: skipped, {reason}")
        return
    baseline = load(ROOT / "baseline")
    judge = make_judge(baseline)
    places, verdicts = sought(baseline, judge), judged(documents(), judge)
    show_recall(places)
    show_alarms(verdicts)
    print(_alarm_row("the baseline's facts", facts := judged_facts(baseline, judge)))
    if options.failures:
        alarms = [one for one in (*verdicts, *facts) if one.flagged]
        show_failures((p for p in places if p.found is not p.listed), alarms)


if __name__ == "__main__":
    main()
