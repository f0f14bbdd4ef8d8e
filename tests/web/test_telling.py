"""Sentences of other modules, said in Norwegian where pages show them."""

from __future__ import annotations

import time

import pytest
from markupsafe import escape

from techwatch.web.rendering import environment, teller


@pytest.mark.parametrize(
    ("sentence", "norwegian"),
    [
        ("the two passwords are not the same", "de to passordene er ikke like"),
        ("the server answered 503", "serveren svarte 503"),
        (
            "a password has at least 12 characters, and at most 1,000",
            "et passord har minst 12 tegn og høyst 1\u00a0000",
        ),
        # a sentence within a sentence, and what is missing
        ("the document is larger than 5,000 bytes", "dokumentet er større enn 5\u00a0000 byte"),
        ("no entity 'x1'", "finner ikke aktør eller lov 'x1'"),
        # several in a row, and behind the place in a file
        (
            "polling.shortest; it often has news; then on past the hours it asks to skip",
            "polling.shortest; den har ofte nytt; deretter forbi timene den ber om å slippe",
        ),
        (
            "feeds.yaml:3: unknown time zone; did you mean 'Asia/Shanghai'?",
            "feeds.yaml:3: ukjent tidssone; mente du 'Asia/Shanghai'?",
        ),
        # as a sentence of its own
        (
            "Too little ties it to Chinese technology policy.",
            "For lite knytter det til kinesisk teknologipolitikk.",
        ),
    ],
)
def test_a_sentence_is_recognised_by_its_form(sentence: str, norwegian: str) -> None:
    assert teller("nb")(sentence) == norwegian
    assert teller("en")(sentence) == sentence


def test_what_is_not_known_stays_english_and_is_marked_so() -> None:
    page = environment("nb").from_string("{{ what | told }}").render(what="<b> went wrong")
    assert page == '<span lang="en">&lt;b&gt; went wrong</span>'


def test_what_is_put_into_a_sentence_is_no_markup() -> None:
    page = environment("nb").from_string("{{ what | told }}").render(what="no entity '<b>'")
    assert page == "finner ikke aktør eller lov &#39;&lt;b&gt;&#39;"


def test_what_a_library_said_within_a_sentence_is_marked_as_english() -> None:
    page = environment("nb").from_string("{{ what | told }}")
    assert page.render(what="a.yaml:4: not YAML: <did not> find") == (
        'a.yaml:4: ikke YAML: <span lang="en">&lt;did not&gt; find</span>'
    )


def test_a_long_sentence_costs_little() -> None:
    """What somebody sent may stand in it, made to fit many forms nearly."""
    hostile = "editions.1.channels: " + ": can't go out by " * 40
    before = time.process_time()
    assert teller("nb")(hostile) != hostile
    assert time.process_time() - before < 1
    assert teller("nb")(hostile * 3) == f'<span lang="en">{escape(hostile * 3)}</span>'


def test_words_of_the_data_are_called_as_readers_do() -> None:
    page = environment("nb").from_string(
        "{{ 'government_body' | term }} {{ 'us' | power }} {{ 'zh' | tongue }} {{ 'odd' | term }}"
    )
    assert page.render() == 'statlig organ USA kinesisk <span lang="en">odd</span>'
    english = environment("en").from_string("{{ 'government_body' | term }} {{ 'us' | power }}")
    assert english.render() == "government body United States"
