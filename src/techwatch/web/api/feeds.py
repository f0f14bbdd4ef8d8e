"""Feeds, as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from pydantic import Field

from techwatch.model import Condition, Feed
from techwatch.web.api.answers import Tagged
from techwatch.web.asking import FeedKeeper, Reader
from techwatch.web.feed_errands import Looked, look
from techwatch.web.noting import note
from techwatch.web.site import TheSite
from techwatch.web.views import feeds as view

router = APIRouter(tags=["feeds"], route_class=Tagged)
Url = Annotated[str, Field(min_length=8, max_length=2_048)]


@dataclass(frozen=True, slots=True)
class Address:
    """Of a feed or a page."""

    url: Url


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be added."""

    url: Url
    publisher: Annotated[str, Field(min_length=1, max_length=200)]
    language: Annotated[str, Field(max_length=10)] = "en"
    tier: Annotated[int, Field(ge=1, le=3)] = 2
    tags: Annotated[tuple[str, ...], Field(max_length=50)] = ()
    zone: Annotated[str | None, Field(max_length=60)] = None


@dataclass(frozen=True, slots=True)
class Paused:
    """Whether a feed is kept but not polled."""

    url: Url
    paused: bool


@router.get("/feeds")
def feeds(
    site: TheSite,
    person: Reader,
    condition: Condition | None = None,
    after: Annotated[
        str | None, Query(max_length=2_048, description="The key of the page before.")
    ] = None,
) -> view.Feeds:
    """List feeds with their health, by publisher."""
    del person
    return view.feeds(site.watch, condition, after or None)


@router.get("/feeds.opml", response_class=Response)
def export(site: TheSite, person: Reader) -> Response:
    """Give the list as OPML."""
    del person
    return Response(view.export(site.watch), media_type="text/x-opml")


@router.post("/feeds/look")
def look_at(site: TheSite, person: FeedKeeper, address: Annotated[Address, Body()]) -> Looked:
    """Fetch a feed, or the feeds of a page, once; nothing is stored."""
    return look(site, person, address.url)


@router.post("/feeds", status_code=201)
def add(site: TheSite, person: FeedKeeper, new: Annotated[NewFeed, Body()]) -> view.Named:
    """Add a feed."""
    feed = Feed(new.url, new.publisher, new.language, new.tier, new.tags, new.zone)
    view.add(site.watch, feed)
    note(site, person, "feeds.add", feed.url, {"publisher": feed.publisher})
    return view.Named(feed.url, feed.publisher)


@router.patch("/feeds")
def pause(site: TheSite, person: FeedKeeper, wanted: Annotated[Paused, Body()]) -> view.Named:
    """Pause a feed, or have it polled again."""
    feed = view.pause(site.watch, wanted.url, paused=wanted.paused)
    note(site, person, "feeds.pause" if wanted.paused else "feeds.resume", feed.url)
    return view.Named(feed.url, feed.publisher)


@router.delete("/feeds")
def remove(
    site: TheSite, person: FeedKeeper, url: Annotated[str, Query(max_length=2_048)]
) -> view.Named:
    """Take a feed off the list; what it brought stays."""
    feed = view.remove(site.watch, url)
    note(site, person, "feeds.remove", feed.url)
    return view.Named(feed.url, feed.publisher)


@router.post("/feeds/import")
def import_(
    site: TheSite,
    person: FeedKeeper,
    file: Annotated[bytes, Body(media_type="text/x-opml", description="An OPML file.")],
) -> view.Imported:
    """Add the feeds of an OPML file; those that are known are left alone."""
    imported = view.import_(site.watch, file, "opml")
    note(site, person, "feeds.import", "opml", {"added": len(imported.added)})
    return imported
