"""How many misspelt names of the shipped baseline are found, and what is taken for one."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from tests.tools import load_tool

from techwatch.baseline.loading import load
from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, EntityKind, Field, Method

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
BACKGROUND = DATA / "background_dev.jsonl.gz"
LEAST_FOUND = 0.95
MOST_FUZZY = 5  # mentions in 5,060 headlines that don't speak of China


TOOL = load_tool("misspellings")


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return load(ROOT / "baseline")


@pytest.fixture(scope="module")
def matcher(baseline: Baseline) -> Matcher:
    return Matcher(baseline, MatchingSettings())


@pytest.mark.parametrize("seed", [1, 2])
def test_misspelt_names_are_found(matcher: Matcher, baseline: Baseline, seed: int) -> None:
    recall = TOOL.measure(matcher, baseline, TOOL.OWN_SENTENCES, seed)
    assert sum(map(len, recall.found.values())) >= 300 * TOOL.VARIANTS
    assert recall.share() >= LEAST_FOUND, recall.missed[:50]
    assert all(recall.share(kind) >= LEAST_FOUND - 0.02 for kind in TOOL.KINDS)


def test_names_of_one_word_are_found_too(matcher: Matcher, baseline: Baseline) -> None:
    recall = TOOL.measure(matcher, baseline, TOOL.OWN_SENTENCES, 3)
    words = {name.text for _, name in TOOL.names(baseline) if name.text.isalpha()}
    missed = [slip for name, slip in recall.missed if name in words]
    assert len(words) >= 40
    assert len(missed) <= (1 - LEAST_FOUND) * len(words) * TOOL.VARIANTS, missed


@pytest.mark.parametrize("template", TOOL.OWN_SENTENCES)
def test_the_sentences_hold_no_name(matcher: Matcher, baseline: Baseline, template: str) -> None:
    found = matcher.mentions({Field.TITLE: template.format("Somebody")})
    assert not [m for m in found if baseline.entities[m.entity_id].kind is not EntityKind.PLACE]


@pytest.mark.skipif(not BACKGROUND.is_file(), reason=f"{BACKGROUND} is not here")
def test_few_words_of_other_news_are_taken_for_names(matcher: Matcher) -> None:
    with gzip.open(BACKGROUND, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found = Counter(
        mention.surface
        for row in rows
        for mention in matcher.mentions({Field.TITLE: row["title"]})
        if mention.method is Method.FUZZY
    )
    assert len(rows) > 5000
    assert found.total() <= MOST_FUZZY, found
