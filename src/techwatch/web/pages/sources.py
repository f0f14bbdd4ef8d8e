"""The pages of the documents and articles that the baseline is drawn from."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from techwatch.errors import EditError, InvalidFilesError
from techwatch.web.asking import BaselineEditor, Reader
from techwatch.web.identity.roles import Person
from techwatch.web.noting import note
from techwatch.web.site import Site, TheSite
from techwatch.web.views import baseline as view
from techwatch.web.views import proposing, sourcing

router = APIRouter(prefix="/baseline/sources")


@router.get("")
def sources(
    request: Request,
    site: TheSite,
    person: Reader,
    after: Annotated[str, Query(max_length=200)] = "",
    written: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """List documents and articles; `written` is the id of one that was just added."""
    source = site.watch.baseline.sources.get(written)
    return _page(request, site, person, after=after, written=source)


@router.post("")
def add(
    request: Request,
    site: TheSite,
    person: BaselineEditor,
    form: Annotated[sourcing.NewSource, Form()],
    do: Annotated[Literal["look", "write"], Query()] = "look",
) -> Response:
    """Look at a source that is to be added, or add it."""
    status, refused = 200, ""
    if do == "write":
        try:
            made = sourcing.write(site.watch, form)
        except InvalidFilesError:  # the proposal says why
            status = 422
        except EditError as error:
            status, refused = 409, str(error)
        else:
            note(site, person, "baseline.write", made.id)
            site.renew()
            return RedirectResponse(f"/baseline/sources?written={quote(made.id)}", 303)
    proposal = sourcing.look(site.watch, form)
    return _page(request, site, person, status, new=form, proposal=proposal, refused=refused)


def _page(
    request: Request,
    site: Site,
    person: Person,
    status: int = 200,
    after: str = "",
    **said: object,
) -> Response:
    return site.renderer.page(
        request,
        "sources.html",
        person,
        status=status,
        found=view.sources(site.watch, after),
        folder=proposing.folder(site.watch),
        **{"new": None, "proposal": None, "refused": "", "written": None} | said,
    )
