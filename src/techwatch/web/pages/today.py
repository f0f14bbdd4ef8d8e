"""The page Today."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from techwatch.web.asking import Reader
from techwatch.web.rendering import language_of
from techwatch.web.site import TheSite
from techwatch.web.views import judged
from techwatch.web.views import today as view
from techwatch.web.views.question import Question, Time

router = APIRouter()


class Asked(Question, frozen=True):
    """What an address of the page says."""

    seen: Time | None = None  # what was seen before it was noted anew, so that it can be undone
    said: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None  # the judgement just made


@router.get("/")
def today(
    request: Request, site: TheSite, person: Reader, question: Annotated[Asked, Query()]
) -> Response:
    """Show what is new, or what the address asks for."""
    if question.since is None:
        question = question.model_copy(update={"since": "looked"})
    saved = site.watch.store.saved
    looked = saved.looked_at(person.account_id)
    language = language_of(request, person)
    shown = view.developments(site.watch, site.board, question, looked, language)
    told = judged.shown_with(
        site.watch, ((d.story_id, d.item_id) for d in shown.developments), question.said
    )
    more = question.query(after=shown.next) if shown.next else None
    return site.renderer.page(
        request,
        "today.html",
        person,
        today=shown,
        question=question,
        choices=site.board.choices(language),
        filters=saved.filters(person.account_id),
        more=more,
        now=site.watch.clock(),
        **told,
    )


@router.post("/seen")
def looked(
    site: TheSite,
    person: Reader,
    until: Annotated[Time | None, Form()] = None,
    undo: Annotated[bool, Form()] = False,  # noqa: FBT002 - a field of a form
) -> Response:
    """Note until when what is new was seen; the address that follows shows how to undo it."""
    before = view.look(site.watch, person.account_id, until).before
    way = {"seen": before.isoformat()} if before and not undo else {}
    return RedirectResponse(f"/?{urlencode(way)}" if way else "/", 303)
