"""The pages of the baseline: browsed, and changed."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse, RedirectResponse

from techwatch.errors import EditError, InvalidFilesError
from techwatch.model import Fact
from techwatch.web.asking import BaselineEditor, Reader
from techwatch.web.identity.roles import Person
from techwatch.web.noting import note
from techwatch.web.rendering import language_of
from techwatch.web.site import Site, TheSite
from techwatch.web.views import baseline as view
from techwatch.web.views import entities, proposing

router = APIRouter(prefix="/baseline")

Text = Annotated[str, Form(max_length=120_000)]
State = Annotated[str, Form(pattern="^[0-9a-f]{64}$")]


class FactForm(BaseModel):
    """A fact, as the form sends it, with the entry as it was edited so far."""

    sentence: str = Field("", max_length=1_000)
    source: str = Field(max_length=300)
    date: str = Field("", max_length=300)
    event: str = Field("", max_length=300)
    by: str = Field("", max_length=300)
    text: str = Field("", max_length=120_000)  # empty: the entry as it stands in its file
    state: str = Field("", pattern="^([0-9a-f]{64})?$")


@router.get("")
def baseline(request: Request, site: TheSite, person: Reader) -> Response:
    """Show what the baseline holds."""
    shown = view.baseline(site.watch, site.watching.problems, language_of(request, person))
    return site.renderer.page(request, "baseline.html", person, baseline=shown)


@router.get("/vocabulary/{language}")
def vocabulary(request: Request, site: TheSite, person: Reader, language: str) -> Response:
    """Show the words of a language."""
    found = view.vocabulary(site.watch, language, language_of(request, person))
    return site.renderer.page(request, "vocabulary.html", person, vocabulary=found)


@router.get("/entities/{entity_id}")
def entry(
    request: Request, site: TheSite, person: Reader, entity_id: str, *, written: bool = False
) -> Response:
    """Show an entity's entry, to be changed."""
    return _page(request, site, person, entity_id, written=written)


@router.post("/entities/{entity_id}")
def change(
    request: Request,
    site: TheSite,
    person: BaselineEditor,
    entity_id: str,
    text: Text,
    state: State,
    do: Annotated[Literal["look", "verdicts", "write", "download"], Form()] = "look",
) -> Response:
    """Look at a change, say which verdicts it changes, write it, or give its diff."""
    if do == "write":
        return _write(request, site, person, entity_id, text, state)
    try:
        proposal = proposing.proposal(site.watch, entity_id, text, state, verdicts=do == "verdicts")
    except EditError as error:  # what was written is shown again, so that it isn't lost
        proposal = proposing.proposal(site.watch, entity_id, text, state)
        return _page(request, site, person, entity_id, 409, proposal=proposal, refused=str(error))
    if do == "download":
        return _download(proposal)
    return _page(request, site, person, entity_id, proposal=proposal)


@router.post("/entities/{entity_id}/fact")
def add_fact(
    request: Request,
    site: TheSite,
    person: BaselineEditor,
    entity_id: str,
    form: Annotated[FactForm, Form()],
) -> Response:
    """Put a fact into an entity's entry, as it was edited so far, and look at that."""
    event, by = form.event or None, form.by or None
    fact = Fact(entity_id, " ".join(form.sentence.split()), form.source, form.date, event, by)
    now = proposing.entry(site.watch, entity_id)
    text, state, refused = form.text or now.text, form.state or now.state, ""
    if fact.text and fact.date:
        try:
            text = proposing.with_fact(site.watch, fact, text)
        except InvalidFilesError as error:
            refused = str(error)
    else:
        refused = "a fact needs a sentence and a date"
    proposal = proposing.proposal(site.watch, entity_id, text, state)
    status = 422 if refused else 200
    return _page(request, site, person, entity_id, status, proposal=proposal, refused=refused)


def _write(
    request: Request, site: Site, person: Person, entity_id: str, text: str, state: str
) -> Response:
    try:
        proposing.write(site.watch, entity_id, text, state)
    except InvalidFilesError:
        proposal = proposing.proposal(site.watch, entity_id, text, state)
        return _page(request, site, person, entity_id, 422, proposal=proposal)
    except EditError as error:
        proposal = proposing.proposal(site.watch, entity_id, text, state)
        refused = str(error)
        return _page(request, site, person, entity_id, 409, proposal=proposal, refused=refused)
    note(site, person, "baseline.write", entity_id)
    site.renew()
    return RedirectResponse(f"/baseline/entities/{entity_id}?written=1", 303)


def _download(proposal: proposing.Proposal) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{proposal.entity_id}.diff"'}
    return PlainTextResponse(proposal.diff, headers=headers, media_type="text/x-diff")


def _page(
    request: Request,
    site: Site,
    person: Person,
    entity_id: str,
    status: int = 200,
    **said: object,
) -> Response:
    watch = site.watch
    return site.renderer.page(
        request,
        "entry.html",
        person,
        status=status,
        name=entities.found(watch, entity_id).name,
        entry=proposing.entry(watch, entity_id),
        folder=proposing.folder(watch),
        sources=sorted(watch.baseline.sources.values(), key=lambda source: source.title),
        event_types=watch.baseline.event_types.values(),
        **{"proposal": None, "refused": "", "written": False} | said,
    )
