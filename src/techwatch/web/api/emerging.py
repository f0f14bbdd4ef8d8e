"""Emerging names, as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from techwatch.model import EntityKind
from techwatch.web.api.answers import Tagged
from techwatch.web.asking import BaselineEditor, Reader, Teacher
from techwatch.web.noting import note
from techwatch.web.site import TheSite
from techwatch.web.views import emerging as view
from techwatch.web.views import proposing

router = APIRouter(prefix="/emerging", tags=["emerging names"], route_class=Tagged)

_KEY = r"^[^\x00]{1,300}$"

Key = Annotated[str, Query(pattern=_KEY)]
Id = Annotated[str, Query(max_length=100, description="Of the new entity; none: from the name.")]


class Dismissal(BaseModel, extra="forbid"):
    """A name that is none to watch."""

    key: str = Field(pattern=_KEY)
    undo: bool = Field(default=False, description="Take the dismissal back.")


class Draft(BaseModel, extra="forbid"):
    """A name to be taken into the baseline."""

    key: str = Field(pattern=_KEY)
    id: str = Field("", max_length=100, description="Of the new entity; none: from the name.")


@router.get("")
def emerging(
    site: TheSite,
    person: Reader,
    kind: EntityKind | None = None,
    after: Annotated[str, Query(pattern=r"^(\d{1,9}-[^\x00]{1,300})?$")] = "",
) -> view.EmergingNames:
    """List names that the baseline lacks but news tells beside those it has."""
    del person
    return view.emerging(site.watch, kind, after)


@router.get("/dismissed")
def dismissed(site: TheSite, person: Reader) -> view.EmergingNames:
    """List the names that were dismissed last."""
    del person
    return view.dismissed(site.watch)


@router.get("/name")
def name(site: TheSite, person: Reader, key: Key) -> view.Emerging:
    """Give a name with the items that hold it."""
    del person
    return view.one(site.watch, key)


@router.post("/dismiss")
def dismiss(site: TheSite, person: Teacher, dismissal: Dismissal) -> view.Emerging:
    """Dismiss a name: it is listed and told no more, whoever tells it again."""
    view.dismiss(site.watch, dismissal.key, undo=dismissal.undo)
    note(site, person, "emerging.undo" if dismissal.undo else "emerging.dismiss", dismissal.key)
    return view.one(site.watch, dismissal.key)


@router.get("/draft")
def draft(site: TheSite, person: Reader, key: Key, id: Id = "") -> view.Drafted:  # noqa: A002 - of the address
    """Draft a baseline entry of a name; nothing is written."""
    del person
    return view.draft(site.watch, key, id)


@router.post("/draft")
def write(site: TheSite, person: BaselineEditor, wanted: Draft) -> view.Drafted:
    """Write a draft into the baseline; refused where the baseline would not be valid with it."""
    written = proposing.write_draft(site.watch, wanted.key, wanted.id)
    note(site, person, "baseline.write", written.entity_id)
    site.renew()
    return written
