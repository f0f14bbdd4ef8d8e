"""Make a digest fit to be shown: what feeds wrote is bounded, and can't steer the page.

Escaping is the renderers' work; here go control and direction characters, pile-ups of accents,
headlines of any length, and links that are none to the web.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from techwatch.text import tidy, web_link

if TYPE_CHECKING:
    from techwatch.model import (
        Correction,
        Coverage,
        Development,
        Digest,
        DigestGroup,
        EmergingName,
        Fact,
        FeedHealth,
        Followed,
        OtherSource,
        SightedItem,
        Source,
    )

HEADLINE = 300  # characters
SENTENCE = 700
NAME = 80
_INVISIBLE = re.compile(
    "[\u061c\u115f\u1160\u180e\u200b\u2028\u2029\u2060-\u2064\u206a-\u206f\u3164]"
)
_PILE = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}$")


def clean(digest: Digest) -> Digest:
    """Return the digest with every text cleaned and bounded; counts and times are untouched."""
    return replace(
        digest,
        title=cut(digest.title, NAME),
        subject=cut(digest.subject, HEADLINE),
        preheader=cut(digest.preheader, HEADLINE),
        groups=tuple(_group(group) for group in digest.groups),
        follow_ups=tuple(_development(d) for d in digest.follow_ups),
        alerted=tuple(_development(d) for d in digest.alerted),
        corrections=tuple(_correction(c) for c in digest.corrections),
        bursts=tuple(replace(burst, name=cut(burst.name, NAME)) for burst in digest.bursts),
        emerging=tuple(_emerging(name) for name in digest.emerging),
        coverage=_coverage(digest.coverage),
    )


def cut(text: str, most: int) -> str:
    """Drop what can't be seen or turns the writing, and end with "…" what is too long."""
    text = _PILE.sub(r"\1", _INVISIBLE.sub("", tidy(text[: most * 8])))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _example(example: SightedItem) -> SightedItem:
    return replace(
        example,
        title=cut(example.title, HEADLINE),
        link=web_link(example.link),
        publisher=cut(example.publisher, NAME),
        surface=cut(example.surface, NAME),
        sentence=cut(example.sentence, SENTENCE),
    )


def _group(group: DigestGroup) -> DigestGroup:
    return replace(
        group,
        name=cut(group.name, NAME),
        developments=tuple(_development(d) for d in group.developments),
    )


def _development(development: Development) -> Development:
    return replace(
        development,
        entity_name=cut(development.entity_name, NAME),
        title=cut(development.title, HEADLINE),
        link=web_link(development.link),
        publisher=cut(development.publisher, NAME),
        language=_tag(development.language),
        reason=cut(development.reason, SENTENCE),
        ladder=tuple(cut(rung, NAME) for rung in development.ladder),
        earlier_title=_cut_if(development.earlier_title, HEADLINE),
        fact=development.fact and _fact(development.fact),
        fact_source=development.fact_source and _source(development.fact_source),
        others=tuple(_other(other) for other in development.others),
        follows=development.follows and _followed(development.follows),
    )


def _followed(followed: Followed) -> Followed:
    return replace(followed, title=cut(followed.title, HEADLINE))


def _correction(correction: Correction) -> Correction:
    return replace(
        correction,
        title=cut(correction.title, HEADLINE),
        title_now=cut(correction.title_now, HEADLINE),
        link=web_link(correction.link),
        publisher=cut(correction.publisher, NAME),
    )


def _emerging(name: EmergingName) -> EmergingName:
    return replace(
        name,
        name=cut(name.name, NAME),
        examples=tuple(_example(example) for example in name.examples[:1]),
    )


def _fact(fact: Fact) -> Fact:
    return replace(fact, text=cut(fact.text, SENTENCE), post=_cut_if(fact.post, NAME))


def _source(source: Source) -> Source:
    return replace(source, title=cut(source.title, HEADLINE), publisher=cut(source.publisher, NAME))


def _other(other: OtherSource) -> OtherSource:
    return replace(
        other,
        publisher=cut(other.publisher, NAME),
        title=cut(other.title, HEADLINE),
        link=web_link(other.link),
        language=_tag(other.language),
    )


def _coverage(coverage: Coverage) -> Coverage:
    return replace(
        coverage,
        feeds=tuple(_feed(feed) for feed in coverage.feeds),
        undelivered=tuple(cut(sentence, SENTENCE) for sentence in coverage.undelivered),
    )


def _feed(feed: FeedHealth) -> FeedHealth:
    why, place = _cut_if(feed.why, HEADLINE), _cut_if(feed.moved_to, HEADLINE)
    return replace(feed, publisher=cut(feed.publisher, NAME), why=why, moved_to=place)


def _cut_if(text: str | None, most: int) -> str | None:
    return None if text is None else cut(text, most)


def _tag(language: str) -> str:
    return language if _TAG.match(language) else "und"
