"""Teaching: what people say of items, and how the figures move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Form, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from techwatch.cases import KINDS, exported
from techwatch.judgements import Said
from techwatch.model import Decision
from techwatch.web import charts
from techwatch.web.asking import Reader, Teacher
from techwatch.web.noting import note
from techwatch.web.pages.entrance import within
from techwatch.web.rendering import day, language_of
from techwatch.web.site import Site, TheSite
from techwatch.web.views import figures as figures_view
from techwatch.web.views import judged as view

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from techwatch.model import Judgement

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
ItemId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
Way = Annotated[str, Form(max_length=2_000)]


class Saying(BaseModel, frozen=True):
    """What a form says of an item; what is empty is not said."""

    item: str = Field(max_length=200)
    say: Decision
    note: str = Field("", max_length=1_000)
    entity: str = Field("", max_length=200)
    right: str = Field("", max_length=200)
    other: str = Field("", max_length=200)
    next: str = Field("/judgements", max_length=2_000)


@router.get("/judgements")
def judged(
    request: Request,
    site: TheSite,
    person: Reader,
    after: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    said: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """List what people said."""
    found = view.judged(site.watch, after, None, undone=True)
    shown = view.shown_with(site.watch, (), said)
    names = {i: e.name for i, e in site.watch.baseline.entities.items()}
    shown["said_names"] = names
    return site.renderer.page(request, "judgements.html", person, judged=found, **shown)


@router.get("/judgements/of/{item_id}")
def ask(
    request: Request,
    site: TheSite,
    person: Teacher,
    item_id: ItemId,
    next: Annotated[str, Query(max_length=2_000)] = "/judgements",  # noqa: A002 - of the address
) -> Response:
    """Ask what was misread in an item: which entity, or which story is the same."""
    found = view.sayable(site.watch, item_id, language_of(request, person))
    names = {i: e.name for i, e in site.watch.baseline.entities.items()}
    return site.renderer.page(
        request, "judging.html", person, one=found, next=within(next), said_names=names
    )


@router.post("/judgements")
def say(site: TheSite, person: Teacher, form: Annotated[Saying, Form()]) -> Response:
    """Record what somebody says of an item."""
    asked = Said(
        form.say,
        form.note.strip(),
        entity=form.entity or None,
        right=form.right.strip() or None,
        other=form.other.strip() or None,
    )
    made = view.say(site.watch, form.item, asked, person.name)
    note(site, person, "judgements.add", made.item_id, {"says": made.decision.value})
    return _back(site, within(form.next), made)


@router.post("/judgements/{number}/undo")
def undo(site: TheSite, person: Teacher, number: Number, next: Way = "/judgements") -> Response:  # noqa: A002 - of the form
    """Take a judgement back."""
    undone = view.undo(site.watch, number, person.name)
    note(site, person, "judgements.undo", undone.item_id, {"says": undone.decision.value})
    return _back(site, within(next), undone)


def _back(site: Site, way: str, made: Judgement) -> Response:
    """Send somebody to where they came from, where what was said is told.

    From the page of a story to that of the one that the item tells by now: the other may be gone.
    """
    path, _, query = way.partition("#")[0].partition("?")
    if path.startswith("/stories/"):
        now = view.told_by(site.watch, made.item_id)
        path, query = (f"/stories/{now}", "") if now else ("/judgements", "")
    kept = [part for part in query.split("&") if part and not part.startswith("said=")]
    place = f"#d-{made.story_id}" if made.story_id else ""
    return RedirectResponse(f"{path}?{'&'.join([*kept, f'said={made.id}'])}{place}", 303)


@router.get("/teaching")
def teaching(request: Request, site: TheSite, person: Reader) -> Response:
    """Show how the figures on judged items move."""
    found = figures_view.teaching(site.watch)
    chart = _chart(found, language_of(request, person))
    return site.renderer.page(request, "figures.html", person, teaching=found, chart=chart)


@router.get("/teaching/cases.{form}")
def export(site: TheSite, person: Reader, form: Literal["yaml", "jsonl"]) -> Response:
    """Give what is in force as cases of the assessment's tests, or as labelled lines."""
    del person
    name = f'attachment; filename="judged.{form}"'
    lines = "".join(exported(site.watch.store, site.watch.baseline, form))
    return Response(lines, headers={"Content-Disposition": name}, media_type=KINDS[form])


def _chart(found: figures_view.Teaching, language: str) -> Callable[..., Markup]:
    """Make what draws the share that was right, with words that the template gives it."""
    values = [
        charts.Bar(
            day(week.start, language),
            None if week.figures.share is None else round(100 * week.figures.share),
        )
        for week in found.weeks
    ]

    def draw(title: str, summary: str, opener: str, week: str, share: str) -> Markup:
        words = charts.Words(title, summary, opener, week, share)
        return charts.bars(values, words, key="shares", number="{:g} %".format, highest=100)

    return draw
