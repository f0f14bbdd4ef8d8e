from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser
from tests.digests.samples import (
    ALERT,
    CALM,
    COVERAGE,
    DIDI,
    EDITION,
    FULL,
    GAMES,
    HOSTILE,
    HUAWEI,
    OUTBOUND,
    SINCE,
    SLOT,
    WEEK,
    development,
    digest,
    many,
)

from techwatch.digests.render import render
from techwatch.digests.wrapping import COLUMNS, width
from techwatch.model import Digest, FeedHealth, Verdict

GOLDEN = Path(__file__).parent / "golden"
NORWEGIAN = replace(EDITION, language="nb", title="Kinesisk teknologipolitikk")
DIGESTS = {
    "week": digest(*WEEK),
    "week-nb": digest(*WEEK, edition=NORWEGIAN),
    "empty": digest(coverage=CALM),
    "first": digest(DIDI, since=None),
    "held-over": digest(*WEEK, edition=replace(EDITION, most=1)),
    "long": digest(*many(40)),
    "hostile": digest(HOSTILE, DIDI),
    "full": FULL,
    "full-nb": replace(FULL, language="nb"),
    "alert": ALERT,
}
every_digest = pytest.mark.parametrize("made", DIGESTS.values(), ids=DIGESTS.keys())


def said(html: str) -> str:
    """Return what a reader sees of a page."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(["style", "head"])
    return " ".join((tree.body.text() if tree.body else "").split())


@pytest.mark.parametrize(
    "name", ["week", "week-nb", "empty", "first", "held-over", "full", "alert"]
)
def test_plain_text_is_as_it_was_approved(name: str) -> None:
    """Set APPROVE_GOLDEN=1 to write the files anew, and read the difference."""
    text = render(DIGESTS[name]).text
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("APPROVE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@every_digest
def test_the_same_digest_gives_the_same_bytes(made: Digest) -> None:
    assert render(made) == render(made)


@every_digest
def test_html_runs_nothing_and_loads_nothing(made: Digest) -> None:
    tree = LexborHTMLParser(render(made).html)
    assert not tree.css("script, img, iframe, object, embed, link, form, svg, video, base")
    loading = [
        (node.tag, name)
        for node in tree.css("*")
        for name in node.attributes
        if name.startswith("on") or name in {"src", "srcset", "background", "action", "poster"}
    ]
    assert loading == []
    styles = [node.text() for node in tree.css("style")]
    styles += [node.attributes.get("style") or "" for node in tree.css("[style]")]
    assert not [style for style in styles if re.search(r"url\(|@import|expression", style)]


@every_digest
def test_links_lead_to_the_web_only_and_tell_nobody_where_from(made: Digest) -> None:
    for link in LexborHTMLParser(render(made).html).css("a"):
        assert urlsplit(link.attributes["href"] or "").scheme in {"http", "https"}
        assert "noreferrer" in (link.attributes["rel"] or "")


@every_digest
def test_every_development_is_told_in_every_form(made: Digest) -> None:
    rendered = render(made)
    page, text = said(rendered.html), " ".join(rendered.text.split())
    data = json.loads(rendered.json)
    told = [d for group in data["groups"] for d in group["developments"]] + data["follow_ups"]
    assert [d["id"] for d in told] == [d.id for d in made.developments]
    for one in told:
        assert one["reason"] in page
        assert one["reason"][:60] in text
        assert one["title"] in page
        assert one["link"] is None or one["link"] in rendered.text


@every_digest
def test_no_line_of_the_text_is_wider_than_agreed_but_links(made: Digest) -> None:
    lines = render(made).text.splitlines()
    wide = [line for line in lines if width(line) > COLUMNS and "://" not in line]
    assert wide == []


@every_digest
def test_layout_tables_are_silent_and_the_page_names_its_language(made: Digest) -> None:
    tree = LexborHTMLParser(render(made).html)
    assert tree.css("table")
    assert {node.attributes.get("role") for node in tree.css("table")} == {"presentation"}
    root = tree.root
    assert root is not None
    assert root.attributes["lang"] == made.language
    assert len(tree.css("h1")) == 1


def test_styles_are_inline_and_only_those_for_screens_stay_apart() -> None:
    tree = LexborHTMLParser(render(DIGESTS["week"]).html)
    heading = tree.css_first("h1")
    assert heading is not None
    assert "font-size:29px" in (heading.attributes["style"] or "")
    (style,) = tree.css("style")
    assert "prefers-color-scheme: dark" in style.text()
    scheme = tree.css_first('meta[name="color-scheme"]')
    assert scheme is not None
    assert scheme.attributes["content"] == "light dark"


def test_every_colour_has_one_for_dark_screens() -> None:
    """A class that sets a colour in light must set one in dark, or text vanishes there."""
    tree = LexborHTMLParser(render(digest(*many(40))).html)
    style = tree.css_first("style")
    assert style is not None
    dark = style.text().partition("prefers-color-scheme: dark")[2]
    coloured = [
        node.attributes.get("class") or node.tag or ""
        for node in tree.css("[style]")
        if re.search(r"(?<!-)color:#", node.attributes["style"] or "")
    ]
    assert coloured
    uncovered = [n for n in coloured if not any(re.search(rf"\b{c}\b", dark) for c in n.split())]
    assert uncovered == []


def test_forty_developments_fit_into_what_mail_programs_show() -> None:
    """Gmail cuts a message at 102 KB."""
    assert len(render(DIGESTS["long"]).html.encode()) < 102_000


def test_headlines_in_other_languages_are_marked_as_such() -> None:
    tree = LexborHTMLParser(render(DIGESTS["week"]).html)
    (chinese,) = tree.css('a[lang="zh"]')
    assert chinese.text() == OUTBOUND.title
    (earlier,) = tree.css('span[lang="zh"]')
    assert earlier.text() == OUTBOUND.earlier_title


def test_the_ladder_is_drawn_for_eyes_and_said_for_ears() -> None:
    tree = LexborHTMLParser(render(digest(DIDI)).html)
    steps = tree.css_first(".steps")
    assert steps is not None
    assert steps.text().replace("\xa0", " ") == (
        "● warned → ● under inquiry → ● under orders (was here) → ◉ fined → "
        "○ restricted or listed → ○ banned"
    )
    assert steps.attributes["aria-hidden"] == "true"
    assert "Coercion of an actor: from under orders to fined." in said(tree.html or "")


@pytest.mark.parametrize(
    ("verdict", "before", "after", "caption", "signs"),
    [
        (Verdict.ESCALATING, 2, 3, "from under orders to fined", "●●●◉○○"),
        (Verdict.ESCALATING, None, 1, "now under inquiry", "●◉○○○○"),
        (Verdict.ESCALATING, 3, 1, "a further step, under inquiry; it stands at fined", "●◉●●○○"),
        (Verdict.ESCALATING, 3, 3, "fined, as before", "●●●◉○○"),
        (Verdict.EASING, 3, 1, "from fined to under inquiry", "●◉○○○○"),
        (Verdict.EASING, 4, None, "was restricted or listed; no step is left standing", "○○○○○○"),
    ],
)
def test_ladders_up_and_down(
    verdict: Verdict, before: int | None, after: int | None, caption: str, signs: str
) -> None:
    moved = replace(DIDI, verdict=verdict, rung_before=before, rung_after=after)
    text = " ".join(render(digest(moved)).text.split())
    assert f"Coercion of an actor: {caption}." in text
    assert "".join(c for c in text if c in "●◉○") == signs
    assert text.count("(was here)") == (before is not None and before != after)


def test_a_development_without_ladder_draws_none() -> None:
    nowhere = replace(DIDI, rung_before=None, rung_after=None)
    assert "●" not in render(digest(nowhere)).text
    unnamed = replace(DIDI, track_label=None)
    assert "From under orders to fined." in render(digest(unnamed)).text


def test_must_reads_stand_above_only_where_there_are_many() -> None:
    assert "Must reads" not in said(render(digest(*WEEK)).html)
    long = render(digest(*many(8)))
    assert len(LexborHTMLParser(long.html).css(".list .read")) == 5
    assert "MUST READS\n1. " in long.text


def test_times_are_those_of_the_edition_s_zone() -> None:
    text = render(digest(HUAWEI)).text
    assert "Thu 21 Jul, 16:05" in text
    in_shanghai = digest(HUAWEI, edition=replace(EDITION, zone="Asia/Shanghai"))
    assert "Thu 21 Jul, 22:05" in render(in_shanghai).text
    last_year = replace(HUAWEI, published=HUAWEI.first_seen_at.replace(year=2021))
    assert "Wed 21 Jul 2021, 18:00" in render(digest(last_year)).text


def test_a_fact_without_a_known_source_still_has_its_date() -> None:
    assert "(May 2021)" in render(digest(replace(DIDI, fact_source=None))).text


def test_what_is_not_there_takes_no_room() -> None:
    text = render(digest(development("one"), coverage=CALM)).text
    for absent in ("Known until now", "Headline before", "Also told", "Failing", "held over"):
        assert absent not in text
    assert len(render(digest(coverage=CALM)).html) < 5_000


def test_a_quiet_day_says_what_it_rests_on() -> None:
    quiet = " ".join(render(digest(coverage=CALM)).text.split())
    assert "Nothing novel or escalating was found in 311 items from 36 of 36 feeds." in quiet
    partly = " ".join(render(digest(coverage=replace(COVERAGE, by_verdict={}))).text.split())
    assert "Two of 40 feeds could not be read; see coverage below." in partly


def test_a_quiet_day_with_flagged_items_does_not_deny_them() -> None:
    text = " ".join(render(digest(coverage=COVERAGE)).text.split())
    assert "Nothing novel" not in text
    assert "what was flagged was told before" in text


def test_a_day_without_feeds_is_no_quiet_day() -> None:
    failing = tuple(f for f in COVERAGE.feeds if f.condition == "failing")
    blind = replace(CALM, feeds=failing, items_seen=0, items_judged=0, by_verdict={})
    assert "this is no all-clear" in " ".join(render(digest(coverage=blind)).text.split())


def test_half_of_the_feeds_failing_is_said_at_the_top() -> None:
    failing = tuple(f for f in COVERAGE.feeds if f.condition == "failing")
    text = render(digest(DIDI, coverage=replace(COVERAGE, feeds=failing))).text
    assert "Two of 2 feeds could not be read" in " ".join(text.split("=====")[0].split())


def test_coverage_tells_each_trouble() -> None:
    late = "weekly of 2022-07-15 05:00 UTC to desk@example.org: not sent after 7 attempts"
    page = said(render(digest(DIDI, coverage=replace(COVERAGE, undelivered=(late,)))).html)
    for sentence in (
        "36 of 40 feeds are well. 1,204 items came in, 1,204 judged: 4 escalating, ",
        " 4 new, 1 easing, 74 known, 1,121 unrelated.",
        "Capitol Circuit, since Tue 19 Jul, 08:20: the server answered 503",
        "Fjord Policy Review, last news Tue 3 May, 14:00: it used to publish every 3 days",
        "Not polled yet: New Desk.",
        "Paused: Old Desk.",
        late,
    ):
        assert sentence in page


def test_hundreds_of_failing_feeds_are_listed_up_to_a_bound_and_counted() -> None:
    feeds = tuple(FeedHealth(f"F{n}", f"https://f.example/{n}", "failing") for n in range(300))
    rendered = render(digest(coverage=replace(COVERAGE, feeds=feeds)))
    assert "F39, no reason known" in rendered.text
    assert "260 more; the command techwatch status lists all." in said(rendered.html)


def test_a_silent_feed_that_never_told_anything_is_told_as_such() -> None:
    mute = FeedHealth("Mute Mail", "https://mute.example/", "silent")
    page = said(render(digest(coverage=replace(COVERAGE, feeds=(mute,)))).html)
    assert "Mute Mail, no news so far" in page


def test_feeds_that_are_gone_or_moved_are_told_as_what_they_are() -> None:
    new = "https://new.example/feed"
    feeds = (
        FeedHealth("Gone Gazette", "https://gone.example/", "gone", SLOT - timedelta(days=9)),
        FeedHealth("Mobile Mail", "https://m.example/", "well", moved_to=new, moved_at=SLOT),
        FeedHealth("Settled Sun", "https://s.example/", "well", moved_to=new, moved_at=SINCE),
    )
    made = digest(coverage=replace(COVERAGE, feeds=feeds))
    page = said(render(made).html)
    assert "Gone for good" in page
    assert "Gone Gazette, since" in page
    assert "its server says that it is gone; it is not asked again" in page
    assert f"Mobile Mail, from now on asked at {new}" in page
    assert "Settled Sun" not in page  # it was told when it moved
    assert "Failing" not in page


def test_a_publisher_is_linked_by_the_first_of_its_items_that_has_a_link() -> None:
    bare = replace(DIDI.others[0], link=None)
    tree = LexborHTMLParser(render(digest(replace(DIDI, others=(bare, DIDI.others[0])))).html)
    (link,) = tree.css(".also a")
    assert link.attributes["href"] == DIDI.others[0].link
    assert link.text() == "Nordlys Teknologi (Norwegian, 2×)"


def test_other_sources_are_folded() -> None:
    page = said(render(digest(DIDI)).html)
    assert (
        "Also told by 3 others: Nordlys Teknologi (Norwegian), 华南通讯 (Chinese), "
        "Ledger & Port (2×)." in page
    )
    many_sources = said(render(digest(HOSTILE)).html)
    assert "Also told by 400 others: " in many_sources
    assert "392 more." in many_sources


def test_hostile_text_is_bounded_and_shown_as_text() -> None:
    rendered = render(DIGESTS["hostile"])
    data = json.loads(rendered.json)["groups"][0]["developments"][0]
    assert len(data["title"]) == 300
    assert len(data["reason"]) == 700
    assert data["link"] is None
    assert data["language"] == "und"
    assert "\n" not in data["publisher"]
    for text in (rendered.html, rendered.text, rendered.json):
        assert "\u202e" not in text
    page = said(rendered.html)
    assert "<script>alert('x')</script>" in page
    assert "{{ 7 * 7 }} {% include 'x' %}" in page
    assert len(rendered.html) < 20_000
    piled = "Z\u0301\u0302\u0303\u0304"
    assert piled not in rendered.html


def test_json_is_the_digest_as_data() -> None:
    data = json.loads(render(digest(*WEEK)).json)
    assert data["format"] == 1
    assert data["slot"] == "2022-07-22T05:00:00+00:00"
    assert data["coverage"]["by_verdict"][Verdict.KNOWN] == 74
    assert data["groups"][0]["developments"][0]["fact"]["date"] == "2021-05"


def test_an_unknown_frame_language_falls_back_to_english() -> None:
    edition = replace(EDITION, language="xx")
    assert "Friday 22 July 2022" in render(digest(GAMES, edition=edition)).text
