from __future__ import annotations

import re
from string import Formatter

import pytest

from techwatch.digests.english import ENGLISH
from techwatch.digests.norwegian import NORWEGIAN
from techwatch.digests.wording import wording


def placeholders(phrase: str | tuple[str, str]) -> set[str]:
    forms = (phrase,) if isinstance(phrase, str) else phrase
    return {name.lower() for form in forms for _, name, _, _ in Formatter().parse(form) if name}


def test_the_phrasebooks_say_the_same_things() -> None:
    assert set(NORWEGIAN.phrases) == set(ENGLISH.phrases)
    differing = [
        key
        for key in ENGLISH.phrases
        if placeholders(ENGLISH.phrases[key]) != placeholders(NORWEGIAN.phrases[key])
    ]
    assert differing == []
    assert set(NORWEGIAN.tongues) == set(ENGLISH.tongues)


@pytest.mark.parametrize("book", [ENGLISH, NORWEGIAN])
def test_calendars_are_whole(book: object) -> None:
    lengths = [
        len(getattr(book, names))
        for names in ("months", "short_months", "weekdays", "short_weekdays")
    ]
    assert lengths == [12, 12, 7, 7]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (["A", "B", "C", "D", "E", "F"], "A, B, C, D and 2 others"),
    ],
)
def test_names_are_listed_as_in_prose(names: list[str], said: str) -> None:
    assert wording("en").listed(names) == said


def test_the_nameless_are_counted_with_the_others() -> None:
    assert wording("en").listed(["A"], unnamed=1) == "A and 1 other"
    assert wording("nb").listed(["A"], unnamed=2) == "A og 2 til"


@pytest.mark.parametrize(
    ("date", "english", "norwegian"),
    [
        ("2020-09-19", "19 September 2020", "19. september 2020"),
        ("2020-09", "September 2020", "september 2020"),
        ("2020", "2020", "2020"),
        ("2019-summer", "summer 2019", "sommeren 2019"),
        ("2018/2019", "2018/2019", "2018/2019"),
        ("2020-10/2020-12", "October 2020 – December 2020", "oktober 2020 – desember 2020"),
        ("2020-13", "2020-13", "2020-13"),
    ],
)
def test_dates_are_as_precise_as_they_are_known(date: str, english: str, norwegian: str) -> None:
    assert wording("en").vague_date(date) == english
    assert wording("nb").vague_date(date) == norwegian


def test_numbers_are_grouped_and_small_ones_are_words() -> None:
    words = wording("en")
    assert words.say("lead.novel", n=3, names="") == "Three are new."
    assert words.say("lead.novel", n=1, names="") == "One is new."
    assert words.say("lead.novel", n=1300, names="") == "1,300 are new."
    assert re.match(r"1\s300 er nye", wording("nb").say("lead.novel", n=1300, names=""))


def test_languages_are_named_or_else_shown_by_tag() -> None:
    assert wording("en").tongue("zh-Hant") == "Chinese"
    assert wording("en").tongue("tlh") == "tlh"
