"""The baseline, as JSON: browsed, and changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from techwatch.model import Fact, Source
from techwatch.web.api.answers import Tagged, goes_on
from techwatch.web.asking import BaselineEditor, Reader
from techwatch.web.noting import note
from techwatch.web.site import TheSite
from techwatch.web.views import baseline as view
from techwatch.web.views import proposing, sourcing

router = APIRouter(prefix="/baseline", tags=["baseline"], route_class=Tagged)


class Change(BaseModel, extra="forbid"):
    """An entry that is to take the place of an entity's."""

    text: str = Field(max_length=120_000, description="YAML, a list of one entry.")
    state: str = Field(
        pattern="^[0-9a-f]{64}$", description="Of the file, as it came with the entry."
    )


class Look(Change):
    """Such an entry, to be looked at."""

    verdicts: bool = Field(
        default=False, description="Also say which verdicts on stored items would change."
    )


class NewFact(BaseModel, extra="forbid"):
    """A fact of an entity."""

    sentence: str = Field(min_length=1, max_length=1_000)
    source: str = Field(max_length=300, description="Id of the document that says it.")
    date: str = Field(max_length=300, description="A year, month or day: 2026-11-21.")
    event: str | None = Field(None, max_length=300, description="Id of an event type.")
    by: str | None = Field(None, max_length=300, description="The jurisdiction that acts.")


@router.get("")
def baseline(site: TheSite, person: Reader) -> view.BaselineShown:
    """Say what the baseline holds, with its tracks and event types."""
    del person
    return view.baseline(site.watch, site.watching.problems)


@router.get("/sources")
def sources(
    request: Request,
    response: Response,
    site: TheSite,
    person: Reader,
    after: Annotated[str, Query(max_length=200)] = "",
) -> view.Sources:
    """List the documents and articles that facts are taken from."""
    del person
    found = view.sources(site.watch, after)
    goes_on(request, response, found.after)
    return found


@router.post("/sources/proposal")
def look_at_source(
    site: TheSite, person: BaselineEditor, new: sourcing.NewSource
) -> sourcing.SourceProposal:
    """Look at a source that is to be added: its diff, all problems; nothing is written."""
    del person
    return sourcing.look(site.watch, new)


@router.post("/sources", status_code=201)
def add_source(site: TheSite, person: BaselineEditor, new: sourcing.NewSource) -> Source:
    """Add a source, of which facts can be taken then."""
    written = sourcing.write(site.watch, new)
    note(site, person, "baseline.write", written.id)
    site.renew()
    return written


@router.get("/vocabulary/{language}")
def vocabulary(site: TheSite, person: Reader, language: str) -> view.VocabularyShown:
    """Give the words of a language by which events are read."""
    del person
    return view.vocabulary(site.watch, language)


@router.get("/entities/{entity_id}")
def entry(site: TheSite, person: Reader, entity_id: str) -> proposing.EntryShown:
    """Give an entity's entry as it stands in its file."""
    del person
    return proposing.entry(site.watch, entity_id)


@router.post("/entities/{entity_id}/proposal")
def propose(
    site: TheSite, person: BaselineEditor, entity_id: str, change: Look
) -> proposing.Proposal:
    """Look at a change: its diff, all problems; nothing is written."""
    del person
    return proposing.proposal(
        site.watch, entity_id, change.text, change.state, verdicts=change.verdicts
    )


@router.post("/entities/{entity_id}/fact")
def add_fact(
    site: TheSite, person: BaselineEditor, entity_id: str, fact: NewFact
) -> proposing.Proposal:
    """Look at an entity's entry with a fact put into it; nothing is written."""
    del person
    sentence = " ".join(fact.sentence.split())
    new = Fact(entity_id, sentence, fact.source, fact.date, fact.event, fact.by)
    entry = proposing.entry(site.watch, entity_id)
    text = proposing.with_fact(site.watch, new, entry.text)
    return proposing.proposal(site.watch, entity_id, text, entry.state)


@router.put("/entities/{entity_id}")
def write(
    site: TheSite, person: BaselineEditor, entity_id: str, change: Change
) -> proposing.EntryShown:
    """Write a change; refused where it is not valid, or the file changed meanwhile."""
    written = proposing.write(site.watch, entity_id, change.text, change.state)
    note(site, person, "baseline.write", entity_id)
    site.renew()
    return written
