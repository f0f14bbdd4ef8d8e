from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwatch.phrases import MAX_GAP, SENTENCE_END, PatternError, PhraseSet, expand
from techwatch.text import fold


def found(pattern: str, text: str) -> list[str]:
    folded = fold(text)
    hits = PhraseSet([pattern]).find(folded, text)
    spans = [folded.span(hit.start, hit.end) for hit in hits]
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("pattern", "text", "hits"),
    [
        ("ban(s|ned|ning)?", "A ban: it bans, banned, bandit", ["ban", "bans", "banned"]),
        ("crack(s|ed|ing)? down", "Crack-down! It cracked  down", ["Crack-down", "cracked  down"]),
        ("regulat*", "Regulators regulate, deregulated", ["Regulators", "regulate"]),
        ("=US", "US and us, US's", ["US", "US"]),
        ("add(s|ed)? … list", "US adds six firms to its list", ["adds six firms to its list"]),
        ("add(s|ed)? ... list", "It adds two to the list", ["adds two to the list"]),
        ("add(s|ed)? … list", "It adds two. The list grows", []),
        ("add(s|ed)? … list", "It added U.S. firms to the list", ["added U.S. firms to the list"]),
        ("add(s|ed)? … list", "It adds Foo Inc. to the list", ["adds Foo Inc. to the list"]),
        ("list … add(s|ed)?", "It adds two to the list", []),
        ("a … b … c", "a x b y c", ["a x b y c"]),
        ("列入…清单", "被列入实体清单", ["列入实体清单"]),
        ("列入…清单", "被列入。清单", []),
        ("禁令", "新禁令", ["禁令"]),
        ("晶片", "晶片戰", ["晶片"]),
        ("ant", "important antic ant2 ant", ["ant"]),
        ("ant", "用ant的", ["ant"]),
        ("北京", "在北京的", ["北京"]),
        (".com", "jd.com .com .commerce", [".com", ".com"]),
        ("北京*", "在北京的", ["北京"]),
        ("北京*", "在北京ABC", ["北京"]),
        ("høring", "Ut på HØRING nå", ["HØRING"]),
        ("chip war", "chip-war and Chip\u00a0War", ["chip-war", "Chip\u00a0War"]),
        (
            "(=US|United States) ban",
            "the US ban, the united states ban, let us ban",
            ["US ban", "united states ban"],
        ),
        (
            "Château (rouge )?list",
            "the chateau list and the CHÂTEAU ROUGE list",
            ["chateau list", "CHÂTEAU ROUGE list"],
        ),
    ],
)
def test_find(pattern: str, text: str, hits: list[str]) -> None:
    assert found(pattern, text) == hits


def test_a_gap_is_no_longer_than_allowed() -> None:
    assert found("add … list", "add " + "x" * (MAX_GAP - 2) + " list") != []
    assert found("add … list", "add " + "x" * (MAX_GAP - 1) + " list") == []


def test_hits_name_their_phrase_and_come_in_order() -> None:
    text = "court lifts ban"
    hits = PhraseSet(["ban", "lifts ban", "court"]).find(fold(text), text)
    assert [(hit.key, hit.start) for hit in hits] == [(2, 0), (1, 6), (0, 12)]


def test_no_phrases_find_nothing() -> None:
    assert PhraseSet([]).find(fold("ban"), "ban") == []
    assert PhraseSet([]).standing(fold("ban"), "ban") == set()


@pytest.mark.parametrize(
    ("pattern", "spellings"),
    [
        ("ban", ["ban"]),
        ("ban(s)?", ["bans", "ban"]),
        ("(a|b) c(d|e)?", ["a cd", "a ce", "a c", "b cd", "b ce", "b c"]),
    ],
)
def test_expand(pattern: str, spellings: list[str]) -> None:
    assert expand(pattern) == spellings


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "is empty"),
        ("…", "is empty"),
        ("=*", "is empty"),
        ("(a|b)?", "is empty"),
        ("a|b", "outside them"),
        ("ban(s", "parentheses"),
        ("((a)b)", "parentheses"),
        ("(a|b|c|d|e|f)" * 4, "spellings"),
    ],
)
def test_bad_patterns_are_told(pattern: str, said: str) -> None:
    with pytest.raises(PatternError, match=said):
        PhraseSet(["good", pattern])


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("one. two", 2),
        ("the u.s. bans it", 1),
        ("foo inc. sells. bar co. buys", 2),
        ("really? yes! no; well", 4),
        ("第一句。第二句", 2),
        ("costs 3.5 bn", 1),
    ],
)
def test_sentences_end_where_abbreviations_do_not(text: str, sentences: int) -> None:
    assert len(SENTENCE_END.findall(text)) == sentences - 1


@given(st.text(st.characters(), max_size=60))
def test_any_text_can_be_searched(text: str) -> None:
    folded = fold(text)
    for hit in PhraseSet(["a*", "=A", "b … c", "中"]).find(folded, text):
        assert 0 <= hit.start < hit.end <= len(folded.text)


@given(st.text(alphabet="aAbBc .中x", max_size=40))
def test_what_stands_is_what_is_found(text: str) -> None:
    phrases = PhraseSet(["a", "a*", "=A", "ab", "b … c", "a … b … c", "=B … a", "中", "x 中*"])
    folded = fold(text)
    assert phrases.standing(folded, text) == {hit.key for hit in phrases.find(folded, text)}


@given(st.text(alphabet="ab (|)?=*…", max_size=12))
def test_a_pattern_is_read_or_refused(pattern: str) -> None:
    try:
        phrases = PhraseSet([pattern])
    except PatternError:
        with pytest.raises(PatternError, match=r"is empty|outside them|spellings"):
            PhraseSet([pattern])
    else:
        assert phrases.find(fold("zzz"), "zzz") == []
