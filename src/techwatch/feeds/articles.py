"""Decide about the articles behind items: which are read, when, and what a page is worth. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from techwatch.errors import (
    FetchError,
    HttpStatusError,
    NoArticleError,
    ParseError,
    PostponedError,
    RedirectError,
    RobotsError,
    TooLargeError,
    WrongKindError,
)
from techwatch.model import Article, ArticleState
from techwatch.text import fold, is_word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from techwatch.errors import TechwatchError
    from techwatch.feeds.article_settings import ArticleSettings
    from techwatch.model import StoredItem

_ENOUGH = 2_000  # characters of text that a feed brings: it is the article already
_FIRST_PAUSE = timedelta(minutes=1)  # before a second attempt; doubled with each further one
_LEAST = 200  # characters of an article; ideographs count threefold, as they say more
_IDEOGRAPHS = 3
_LIKENESS = 0.3  # share of the headline's words that stand in its article
_SHORT = 4  # letters; words with fewer are mostly particles
_SERVER_ERRORS = 500
_PASSING = frozenset({408, 425, 429})  # refusals of the moment


def wish(stored: StoredItem, settings: ArticleSettings, now: datetime) -> Article | None:
    """Return the article to ask for if the item matches, or None where it is judged as it is.

    An article is read once for a headline. Another headline asks for it again, as long as the
    item has attempts left.
    """
    item, before = stored.item, stored.article
    wanted = settings.full_text if stored.feed.full_text is None else stored.feed.full_text
    if not wanted or item.link is None or len(item.body) >= _ENOUGH:
        return None
    if now - (item.published or stored.first_seen_at) > timedelta(days=settings.days):
        return None
    if before and (before.title == item.title or before.attempts >= settings.attempts):
        return None
    until = now + timedelta(minutes=settings.wait)
    attempts = before.attempts if before else 0
    waiting = ArticleState.WAITING
    return Article(item.id, item.link, item.title, waiting, now, until, attempts, now)


def next_attempt(article: Article, now: datetime) -> datetime:
    """Return when an article is asked for again if the attempt that begins now fails."""
    return now + _FIRST_PAUSE * 2.0**article.attempts


def after_text(article: Article) -> Article:
    """Return an article that was read, `article` being as it was before the attempt."""
    attempts = article.attempts + 1
    read = ArticleState.READ
    return replace(article, state=read, attempts=attempts, next_attempt_at=None, error=None)


def after_failure(
    article: Article, error: TechwatchError, settings: ArticleSettings, now: datetime
) -> Article:
    """Return an article after an attempt that failed, `article` being as it was before it."""
    tried = replace(article, attempts=article.attempts + 1, error=str(error))
    again_at = next_attempt(article, now)
    if isinstance(error, PostponedError):
        again_at = max(again_at, now + timedelta(seconds=error.seconds))
    may_pass = _may_pass(error) and tried.attempts < settings.attempts and again_at < article.until
    if may_pass:
        return replace(tried, next_attempt_at=again_at)
    return replace(tried, state=_ended(error), next_attempt_at=None)


def unsound(text: str, title: str, summary: str) -> str | None:
    """Say why a page's text is not the item's article, or None where it is.

    Walls, stubs and consent pages say less than the summary, or nothing of what the headline says.
    """
    if _weight(text) < max(_LEAST, _weight(summary)):
        return "the page says less than the item: a stub, or behind a wall"
    words = set(_words(title))
    if not words:
        return None
    found = words & set(_words(text))
    if len(found) < _LIKENESS * len(words):
        return "the page speaks of something else than the headline"
    return None


def _may_pass(error: TechwatchError) -> bool:
    """Whether a later attempt may go better."""
    if isinstance(error, HttpStatusError):
        return error.status >= _SERVER_ERRORS or error.status in _PASSING
    if isinstance(error, RobotsError):
        return error.for_now
    lasting = (ParseError, RedirectError, TooLargeError, WrongKindError)
    return isinstance(error, FetchError) and not isinstance(error, lasting)


def _ended(error: TechwatchError) -> ArticleState:
    if isinstance(error, RobotsError):
        return ArticleState.FAILED if error.for_now else ArticleState.REFUSED
    return ArticleState.NONE if isinstance(error, NoArticleError) else ArticleState.FAILED


def _weight(text: str) -> int:
    """Return the length of a text, in Latin letters."""
    return len(text) + (_IDEOGRAPHS - 1) * sum(_is_ideograph(c) for c in text)


def _words(text: str) -> Iterator[str]:
    """Give the words that carry meaning: longer ones, numbers, and pairs of ideographs."""
    folded = fold(text).text
    spaced = "".join(c if is_word(c) else " " for c in folded)
    yield from (w for w in spaced.split() if len(w) >= _SHORT or w.isdecimal())
    for first, second in pairwise(folded):
        if _is_ideograph(first) and _is_ideograph(second):
            yield first + second


def _is_ideograph(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"
