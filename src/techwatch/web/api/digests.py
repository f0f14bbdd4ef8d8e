"""Digests and their ledger, as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query

from techwatch.issues import Decision
from techwatch.web.api.answers import Tagged
from techwatch.web.asking import Admin, Reader
from techwatch.web.identity.roles import Scope
from techwatch.web.noting import note
from techwatch.web.site import TheSite
from techwatch.web.views import digests as view

router = APIRouter(tags=["digests"], route_class=Tagged)
Edition = Annotated[str, Path(max_length=80, description="The id of an edition.")]
Slot = Annotated[str, Path(max_length=40, description="`latest`, or such as 2026-11-21T06:00Z.")]


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of a delivery."""

    decision: Decision


@router.get("/digests")
def digests(
    site: TheSite,
    person: Reader,
    edition: Annotated[str | None, Query(max_length=80)] = None,
    after: Annotated[
        str | None, Query(max_length=130, description="The key of the page before.")
    ] = None,
) -> view.Digests:
    """List the digests that were composed, newest first."""
    return view.digests(site.watch, edition or None, after or None, admin=person.may(Scope.ADMIN))


@router.get("/digests/{edition}/{slot}")
def digest(site: TheSite, person: Reader, edition: Edition, slot: Slot) -> view.DigestShown:
    """Give a digest as it went out, with its ledger."""
    return view.digest(site.watch, edition, slot, admin=person.may(Scope.ADMIN))


@router.post("/digests/{edition}/{slot}/deliveries/{delivery}")
def resolve(
    site: TheSite,
    person: Admin,
    edition: Edition,
    slot: Slot,
    delivery: Annotated[int, Path(ge=1, lt=2**31)],
    decided: Annotated[Decided, Body()],
) -> view.ToldDelivery:
    """Decide on a delivery that is in doubt or failed: it is due again, or given up."""
    told = view.resolve(site.watch, edition, slot, delivery, decided.decision)
    note(site, person, f"deliveries.{decided.decision}", str(delivery), {"edition": edition})
    return told
