"""The pages Feeds: how they are, and the list changed."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile
from starlette.responses import RedirectResponse

from techwatch.errors import InvalidFilesError, Problem, TechwatchError
from techwatch.model import Condition, Feed
from techwatch.web.asking import FeedKeeper, Reader
from techwatch.web.feed_errands import look
from techwatch.web.identity.roles import Person
from techwatch.web.noting import note
from techwatch.web.site import Site, TheSite
from techwatch.web.views import feeds as view

router = APIRouter()
CONDITIONS = ("well", "failing", "silent", "gone", "paused", "waiting")
Url = Annotated[str, Form(max_length=2_048)]
_NAME_SHOWN = 80  # characters of a file's name


@router.get("/feeds")
def feeds(
    request: Request,
    site: TheSite,
    person: Reader,
    condition: Annotated[Condition | None, Query()] = None,
    after: Annotated[str | None, Query(max_length=2_048)] = None,
) -> Response:
    """Show feeds with their health."""
    found = view.feeds(site.watch, condition, after or None)
    return site.renderer.page(
        request, "feeds.html", person, listed=found, conditions=CONDITIONS, imported=None
    )


@router.post("/feeds/look")
def look_at(request: Request, site: TheSite, person: FeedKeeper, url: Url) -> Response:
    """Show what stands at an address, to be added."""
    looked, wrong = None, None
    try:
        looked = look(site, person, url)
    except TechwatchError as error:
        wrong = str(error)
    return _adding(request, site, person, url, looked=looked, wrong=wrong)


@router.post("/feeds/add")
def add(  # noqa: PLR0913, PLR0917 - FastAPI passes them by name
    request: Request,
    site: TheSite,
    person: FeedKeeper,
    url: Url,
    publisher: Annotated[str, Form(max_length=200)],
    language: Annotated[str, Form(max_length=10)] = "en",
    tier: Annotated[int, Form(ge=1, le=3)] = 2,
    tags: Annotated[str, Form(max_length=500)] = "",
    zone: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Add a feed, or show the form again with what is wrong with it."""
    words = tuple(dict.fromkeys(tags.replace(",", " ").split()))
    feed = Feed(url, publisher.strip(), language, tier, words, zone.strip() or None)
    try:
        view.add(site.watch, feed)
    except InvalidFilesError as error:
        wrong = "; ".join(problem.message for problem in error.problems)
        return _adding(request, site, person, url, wrong=wrong, again=feed)
    note(site, person, "feeds.add", url, {"publisher": publisher})
    return RedirectResponse("/feeds?" + urlencode({"condition": "waiting"}), 303)


def _adding(request: Request, site: Site, person: Person, url: str, **said: object) -> Response:
    """Show what was found at an address, or a feed that could not be added."""
    shown = {"looked": None, "wrong": None, "again": None, "asked": url} | said
    status = 422 if shown["wrong"] else 200
    return site.renderer.page(request, "feed.html", person, status=status, **shown)


@router.post("/feeds/change")
def change(
    site: TheSite,
    person: FeedKeeper,
    url: Url,
    what: Annotated[str, Form(pattern="^(pause|resume|remove)$")],
    condition: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Pause a feed, have it polled again, or take it off."""
    if what == "remove":
        view.remove(site.watch, url)
    else:
        view.pause(site.watch, url, paused=what == "pause")
    note(site, person, f"feeds.{what}", url)
    listed = "?" + urlencode({"condition": condition}) if condition in CONDITIONS else ""
    return RedirectResponse(f"/feeds{listed}", 303)


@router.post("/feeds/import")
def import_(request: Request, site: TheSite, person: FeedKeeper, file: UploadFile) -> Response:
    """Add the feeds of an OPML file, and say which were known."""
    imported = None
    problems: tuple[Problem, ...] = ()
    name = (file.filename or "opml")[:_NAME_SHOWN]
    try:
        imported = view.import_(site.watch, file.file.read(), name)
        note(site, person, "feeds.import", name, {"added": len(imported.added)})
    except InvalidFilesError as error:
        problems = error.problems
    return site.renderer.page(
        request,
        "feeds-import.html",
        person,
        status=422 if problems else 200,
        imported=imported,
        problems=problems,
        name=name,
    )


@router.get("/feeds.opml")
def export(site: TheSite, person: Reader) -> Response:
    """Give the list as OPML."""
    del person
    headers = {"Content-Disposition": 'attachment; filename="feeds.opml"'}
    return Response(view.export(site.watch), headers=headers, media_type="text/x-opml")
