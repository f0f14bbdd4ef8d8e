"""The pages of emerging names."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from techwatch.errors import InvalidFilesError
from techwatch.model import EntityKind
from techwatch.web.asking import BaselineEditor, Reader, Teacher
from techwatch.web.noting import note
from techwatch.web.pages.entrance import within
from techwatch.web.site import TheSite
from techwatch.web.views import emerging as view
from techwatch.web.views import proposing

router = APIRouter()

Key = Annotated[str, Query(pattern=r"^[^\x00]{1,300}$")]
FormKey = Annotated[str, Form(pattern=r"^[^\x00]{1,300}$")]
After = Annotated[str, Query(pattern=r"^(\d{1,9}-[^\x00]{1,300})?$")]


@router.get("/emerging")
def emerging(
    request: Request,
    site: TheSite,
    person: Reader,
    kind: Annotated[str, Query(pattern="^(actor|law)?$")] = "",
    after: After = "",
    *,
    dismissed: bool = False,
) -> Response:
    """List names that the baseline lacks."""
    found = (
        view.dismissed(site.watch)
        if dismissed
        else view.emerging(site.watch, EntityKind(kind) if kind else None, after)
    )
    return site.renderer.page(
        request, "emerging.html", person, found=found, kind=kind, dismissed=dismissed
    )


@router.get("/emerging/name")
def name(request: Request, site: TheSite, person: Reader, key: Key) -> Response:
    """Show where a name stands."""
    return site.renderer.page(request, "name.html", person, one=view.one(site.watch, key))


@router.post("/emerging/dismiss")
def dismiss(
    site: TheSite,
    person: Teacher,
    key: FormKey,
    undo: Annotated[bool, Form()] = False,  # noqa: FBT002 - of the form
    next: Annotated[str, Form()] = "/emerging",  # noqa: A002 - of the form
) -> Response:
    """Dismiss a name, or take it back."""
    view.dismiss(site.watch, key, undo=undo)
    note(site, person, "emerging.undo" if undo else "emerging.dismiss", key)
    return RedirectResponse(within(next), 303)


@router.get("/emerging/draft")
def draft(
    request: Request,
    site: TheSite,
    person: Reader,
    key: Key,
    id: Annotated[str, Query(max_length=100)] = "",  # noqa: A002 - of the address
) -> Response:
    """Show a baseline entry made of what news says of a name."""
    drafted, wrong = None, None
    try:
        drafted = view.draft(site.watch, key, id)
    except InvalidFilesError as error:  # a name in Chinese gives no id by itself
        wrong = [problem.message for problem in error.problems]
    return site.renderer.page(
        request,
        "draft.html",
        person,
        status=422 if wrong else 200,
        key=key,
        asked=id,
        draft=drafted,
        wrong=wrong,
        folder=proposing.folder(site.watch),
    )


@router.post("/emerging/draft")
def write(
    site: TheSite,
    person: BaselineEditor,
    key: FormKey,
    id: Annotated[str, Form(max_length=100)] = "",  # noqa: A002 - of the form
) -> Response:
    """Write such an entry into the baseline."""
    written = proposing.write_draft(site.watch, key, id)
    note(site, person, "baseline.write", written.entity_id)
    site.renew()
    return RedirectResponse(f"/baseline/entities/{quote(written.entity_id)}?written=1", 303)
