"""The page Today."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BeforeValidator, Field
from starlette.responses import RedirectResponse

from techwatch.web.asking import Reader
from techwatch.web.beside import covered, moving_since
from techwatch.web.rendering import language_of
from techwatch.web.site import TheSite
from techwatch.web.views import judged
from techwatch.web.views import today as view
from techwatch.web.views.moving import beside, line
from techwatch.web.views.question import Question, Time, given

router = APIRouter()
Day = Annotated[date, Field(ge=date(1990, 1, 1), lt=date(2200, 1, 1))]


class Asked(Question, frozen=True):
    """What an address of the page says."""

    # What was seen before it was noted anew, so that it can be undone.
    seen: Annotated[Literal["never"] | Time | None, BeforeValidator(given)] = None
    said: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None  # the judgement just made
    day: Annotated[Day | None, BeforeValidator(given)] = None  # instead of `since`, as forms say


@router.get("/")
def today(
    request: Request, site: TheSite, person: Reader, question: Annotated[Asked, Query()]
) -> Response:
    """Show what is new, or what the address asks for."""
    question = _with_since(question)
    saved = site.watch.store.saved
    looked = saved.looked_at(person.account_id)
    language = language_of(request, person)
    choices = site.board.choices(language)
    named = question.named(choices.by_label)
    shown = view.developments(site.watch, site.board, named, looked, language)
    told = judged.shown_with(
        site.watch, ((d.story_id, d.item_id) for d in shown.developments), question.said
    )
    alone = not named.parts and named.after is None
    return site.renderer.page(
        request,
        "today.html",
        person,
        today=shown,
        question=named,
        choices=choices,
        filters=saved.filters(person.account_id),
        more=named.query(after=shown.next) if shown.next else None,
        covered=covered(site),
        moving=beside(moving_since(site, shown.since), shown.developments) if alone else (),
        drawn=line,
        undo=_undo(question, looked),
        **told,
    )


def _with_since(question: Asked) -> Asked:
    """Put in from when on is shown, where the address leaves it open or names a day."""
    if question.day is not None:
        since: datetime | str = datetime.combine(question.day, time(), UTC)
        return question.model_copy(update={"since": since, "day": None})
    return question if question.since else question.model_copy(update={"since": "looked"})


def _undo(question: Asked, looked: datetime | None) -> str | None:
    """Return until when was seen before it was noted; None where the address is outdated."""
    seen = question.seen
    if seen is None or looked is None:
        return None
    if isinstance(seen, datetime):
        return seen.isoformat() if seen < looked else None
    return seen


@router.post("/seen")
def looked(
    site: TheSite,
    person: Reader,
    until: Annotated[Time | None, Form()] = None,
    undo: Annotated[bool, Form()] = False,  # noqa: FBT002 - a field of a form
) -> Response:
    """Note until when what is new was seen; the address that follows shows how to undo it."""
    before = view.look(site.watch, person.account_id, until, back=undo).before
    if undo:
        return RedirectResponse("/", 303)
    way = {"seen": before.isoformat() if before else "never"}
    return RedirectResponse(f"/?{urlencode(way)}", 303)
