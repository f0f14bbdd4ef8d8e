"""What the baseline knows of the documents that it is drawn from; docs/quality.md tells more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.tools import load_tool

from techwatch.baseline.loading import load

if TYPE_CHECKING:
    from techwatch.judging import Judge
    from techwatch.model import Baseline

ROOT = Path(__file__).parents[2]
NAMED_RECALL = 1.0
DESCRIBED_RECALL = 0.9
MOST_BEYOND = 0.03  # of what is found, though no label says so
MOST_FLAGGED = 0.02  # of the sentences of the documents
MOST_FACTS_FLAGGED = 0.04  # of the facts in our own words


TOOL = load_tool("quality_baseline")
needs_documents = pytest.mark.skipif(TOOL.absent() is not None, reason=str(TOOL.absent()))


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return load(ROOT / "baseline")


@pytest.fixture(scope="module")
def judge(baseline: Baseline) -> Judge:
    made: Judge = TOOL.make_judge(baseline)
    return made


@needs_documents
def test_who_is_mentioned_is_found_in_each_document(baseline: Baseline, judge: Judge) -> None:
    result = TOOL.sought(baseline, judge)
    assert len(result) > 200
    named = [one for one in result if one.named]
    described = [one for one in result if not one.named]
    missed = [(one.document, one.entity_id) for one in result if not one.found]
    assert TOOL.recall(named) >= NAMED_RECALL, missed
    assert TOOL.recall(described) >= DESCRIBED_RECALL, missed
    beyond = [(one.document, one.entity_id) for one in result if not one.listed]
    assert len(beyond) <= MOST_BEYOND * len(result), beyond


@needs_documents
def test_sentences_of_the_documents_are_no_news(judge: Judge) -> None:
    result = TOOL.judged(TOOL.documents(), judge)
    assert len(result) > 300
    places = [(one.document, one.line) for one in result if one.flagged]
    assert len(places) <= MOST_FLAGGED * len(result), places


def test_the_facts_are_no_news_either(baseline: Baseline, judge: Judge) -> None:
    result = TOOL.judged_facts(baseline, judge)
    assert len(result) > 200
    told = [one.sentence for one in result if one.flagged]
    assert len(told) <= MOST_FACTS_FLAGGED * len(result), told


@needs_documents
def test_the_furniture_of_pages_is_cut() -> None:
    lines = [line for document in TOOL.documents() for line in TOOL.read(document)]
    texts = [line.text for line in lines if len(line.text) >= TOOL.COPIED]
    assert len(texts) == len(set(texts))
    assert not [t for t in texts if t.startswith(("Filed under", "Leave a comment"))]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One law passed in May. Mr. Ma did not comment on it.", 2),
        ("He said: “The rules apply to all firms.” Others wait for their turn.", 2),
        ("Shares of Foo Inc. fell in U.S. trading on that day.", 1),
        ("China Mobile", 0),
        ("By Somebody Of Note | example.org | Updated: 2019", 0),
    ],
)
def test_a_line_is_split_into_sentences(text: str, count: int) -> None:
    assert len(TOOL.sentences(TOOL.Line(1, text))) == count
