"""Judgements and the figures on them, as JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from techwatch.cases import KINDS, exported
from techwatch.judgements import Said
from techwatch.model import Decision, JudgedItem, Judgement
from techwatch.web.api.answers import Tagged, goes_on
from techwatch.web.asking import Reader, Teacher
from techwatch.web.noting import note
from techwatch.web.site import TheSite
from techwatch.web.views import figures as figures_view
from techwatch.web.views import judged as view

router = APIRouter(tags=["judgements"], route_class=Tagged)

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
ItemId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


class Saying(BaseModel, frozen=True, extra="forbid"):
    """What is said of an item."""

    item: str = Field(max_length=200, description="Id of the item or development, or its link.")
    say: Decision
    note: str = Field("", max_length=1_000, description="Why.")
    entity: str | None = Field(
        None, max_length=200, description="With wrong-entity: id of the one that is not meant."
    )
    right: str | None = Field(
        None, max_length=200, description="With wrong-entity: id of the one that is."
    )
    other: str | None = Field(
        None, max_length=200, description="With same-as: id of the other story, or of its item."
    )


@router.get("/judgements")
def judged(
    request: Request,
    response: Response,
    site: TheSite,
    person: Reader,
    after: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    of: Annotated[str | None, Query(pattern="^[0-9a-f]{16}$")] = None,
    undone: bool = True,  # noqa: FBT001, FBT002 - of the address
) -> view.Judged:
    """List what people said, the newest first; `of` an item or a story."""
    del person
    found = view.judged(site.watch, after, of, undone=undone)
    goes_on(request, response, str(found.after) if found.after else None)
    return found


@router.post("/judgements", status_code=201)
def say(site: TheSite, person: Teacher, saying: Saying) -> Judgement:
    """Say something of an item."""
    asked = Said(saying.say, saying.note.strip(), saying.entity, saying.right, saying.other)
    made = view.say(site.watch, saying.item, asked, person.name)
    note(site, person, "judgements.add", made.item_id, {"says": made.decision.value})
    return made


@router.get(
    "/judgements/cases.{form}",
    response_class=Response,
    responses={
        200: {
            "content": {
                "application/yaml": {"schema": {"type": "string"}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            }
        }
    },
)
def cases(
    site: TheSite,
    person: Reader,
    form: Annotated[
        Literal["yaml", "jsonl"],
        Path(description="Cases of the assessment's tests, or labelled lines for replay."),
    ],
) -> Response:
    """Export what is in force, as `techwatch judgements export` does: a line for each item."""
    del person
    lines = exported(site.watch.store, site.watch.baseline, form)
    return Response("".join(lines), media_type=KINDS[form])


@router.get("/judgements/{number}")
def one(site: TheSite, person: Reader, number: Number) -> JudgedItem:
    """Return one judgement."""
    del person
    return view.one(site.watch, number)


@router.delete("/judgements/{number}")
def undo(site: TheSite, person: Teacher, number: Number) -> Judgement:
    """Take a judgement back; it stays on record."""
    undone = view.undo(site.watch, number, person.name)
    note(site, person, "judgements.undo", undone.item_id, {"says": undone.decision.value})
    return undone


@router.get("/items/{item_id}/sayable")
def sayable(site: TheSite, person: Reader, item_id: ItemId) -> view.Sayable:
    """Return what may be said of an item: entities that may be wrong, stories that may be one."""
    del person
    return view.sayable(site.watch, item_id)


@router.get("/teaching")
def teaching(site: TheSite, person: Reader) -> figures_view.Teaching:
    """Return how the figures on judged items move, week by week."""
    del person
    return figures_view.teaching(site.watch)
