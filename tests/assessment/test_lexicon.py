"""A part of the words is found as it is among all of them."""

from __future__ import annotations

from techwatch.assessment.lexicon import Kind, Lexicon, Word
from techwatch.baseline.loading import load
from techwatch.installation import shipped

TEXT = "Chinese chip makers fined by the US Commerce Department; 中国芯片企业被罚款"


def test_a_part_of_the_words_is_found_as_among_all() -> None:
    def wanted(word: Word) -> bool:
        return word.kind is Kind.CONTEXT

    vocabularies = load(shipped("baseline")).vocabularies
    every = Lexicon(vocabularies).find(TEXT, "en")
    some = Lexicon(vocabularies, wanted).find(TEXT, "en")
    assert some == [found for found in every if wanted(found.word)]
    assert 0 < len(some) < len(every)


def test_the_words_that_stand_are_those_found() -> None:
    lexicon = Lexicon(load(shipped("baseline")).vocabularies)
    for language in ("en", "nb"):  # some Norwegian words are words of others too
        text = f"{TEXT}. Rammer for bot til selskaper"
        found = {found.word for found in lexicon.find(text, language)}
        assert set(lexicon.standing(text, language)) == found
