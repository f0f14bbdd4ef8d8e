"""The pages of entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from techwatch.model import EntityKind
from techwatch.web import charts
from techwatch.web.asking import Reader
from techwatch.web.rendering import day, language_of
from techwatch.web.site import TheSite
from techwatch.web.views import entities as view
from techwatch.web.views import entity_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

router = APIRouter()

Words = Annotated[str, Query(max_length=200)]
AfterEntity = Annotated[str, Query(max_length=100)]
AfterDevelopment = Annotated[str, Query(pattern=r"^(\d{1,16}-[0-9a-f]{16})?$")]


@router.get("/entities")
def entities(
    request: Request,
    site: TheSite,
    person: Reader,
    q: Words = "",
    kind: Annotated[str, Query(pattern="^(actor|law|place)?$")] = "",
    after: AfterEntity = "",
) -> Response:
    """List those of the baseline."""
    language = language_of(request, person)
    chosen = EntityKind(kind) if kind else None
    found = entity_list.entities(site.watch, q, chosen, after, language)
    return site.renderer.page(request, "entities.html", person, found=found, q=q, kind=kind)


@router.get("/entities/{entity_id}")
def entity(
    request: Request, site: TheSite, person: Reader, entity_id: str, after: AfterDevelopment = ""
) -> Response:
    """Show what is known of one."""
    language = language_of(request, person)
    shown = view.entity(site.watch, entity_id, after, language)
    chart = _chart(shown.weeks, language)
    return site.renderer.page(
        request, "entity.html", person, entity=shown, chart=chart, is_later=bool(after)
    )


def _chart(weeks: tuple[view.Week, ...], language: str) -> Callable[..., Markup]:
    """Make what draws the mentions, with words that the template gives it."""
    values = [charts.Bar(day(week.start, language), week.items) for week in weeks]

    def draw(title: str, summary: str, opener: str, week: str, items: str) -> Markup:
        return charts.bars(values, charts.Words(title, summary, opener, week, items), key="weeks")

    return draw
