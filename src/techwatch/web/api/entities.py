"""Entities, as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from techwatch.model import EntityKind
from techwatch.web.api.answers import Tagged
from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import entities as view
from techwatch.web.views import entity_list

router = APIRouter(tags=["entities"], route_class=Tagged)

After = Annotated[str, Query(pattern=r"^(\d{1,16}-[0-9a-f]{16})?$")]


@router.get("/entities")
def entities(
    site: TheSite,
    person: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: EntityKind | None = None,
    after: Annotated[str, Query(max_length=100)] = "",
) -> entity_list.Entities:
    """List the actors and laws of the baseline, or those with these words in a name."""
    del person
    return entity_list.entities(site.watch, q, kind, after)


@router.get("/entities/{entity_id}")
def entity(site: TheSite, person: Reader, entity_id: str) -> view.EntityShown:
    """Give all that is known of an entity, with its newest developments."""
    del person
    return view.entity(site.watch, entity_id)


@router.get("/entities/{entity_id}/developments")
def developments(site: TheSite, person: Reader, entity_id: str, after: After = "") -> view.Timeline:
    """List the developments that concern an entity, newest first."""
    del person
    return view.timeline(site.watch, entity_id, after)
