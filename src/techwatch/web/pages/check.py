"""The page Check."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from techwatch.errors import FetchError
from techwatch.text import web_link
from techwatch.web.asking import Reader
from techwatch.web.checks import checked_by
from techwatch.web.identity.roles import Person
from techwatch.web.outward import PATIENCE
from techwatch.web.rendering import language_of
from techwatch.web.site import Site, TheSite
from techwatch.web.views import check as view
from techwatch.web.views import ladders

router = APIRouter()
LANGUAGES = ("", "en", "zh", "nb")


@router.get("/check")
def ask(
    request: Request,
    site: TheSite,
    person: Reader,
    text: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """Show the form; a word or headline in the address is checked, a link waits for its button."""
    item = view.item_of(text, None)
    waits, readers = bool(web_link(text)), language_of(request, person)
    asked_now = item.title and not waits
    checked = view.check(site.watch, item, None, readers) if asked_now else None
    return _page(request, site, person, text, checked=checked, waits=waits)


@router.post("/check")
def check(
    request: Request,
    site: TheSite,
    person: Reader,
    text: Annotated[str, Form(max_length=view.LONGEST)] = "",
    language: Annotated[str, Form(max_length=2)] = "",
) -> Response:
    """Check a text, a page or a name."""
    chosen = language if language in LANGUAGES else ""
    checked, wrong, readers = None, None, language_of(request, person)
    try:
        checked = checked_by(site, person, text, chosen or None, readers)
    except FetchError as error:
        wrong = str(error)
    return _page(request, site, person, text, checked=checked, wrong=wrong, chosen=chosen)


def _page(
    request: Request,
    site: Site,
    person: Person,
    text: str,
    *,
    checked: view.Checked | None,
    **said: object,
) -> Response:
    """Show the form, and what came of it."""
    # `waits`: a link in the address is fetched only when its button is pressed.
    said = {"checked": checked, "wrong": None, "chosen": "", "waits": False, "asked": text} | said
    said["states"] = _states(site, checked, language_of(request, person))
    said["patience"] = round(PATIENCE)
    status = 422 if said["wrong"] else 200
    return site.renderer.page(request, "check.html", person, status=status, **said)


def _states(site: Site, checked: view.Checked | None, language: str) -> dict[str, tuple[str, ...]]:
    """Say where the entities stand that were found, by their id."""
    tracks = site.watch.baseline.tracks
    return {
        known.id: tuple(ladders.in_words(s, tracks[s.track], language) for s in known.standings)
        for known in (checked.check.entities if checked else ())
    }
