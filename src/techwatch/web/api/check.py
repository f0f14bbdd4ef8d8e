"""Checking a text, a page or a name, as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Body
from pydantic import Field

from techwatch.errors import TechwatchError
from techwatch.web.api.answers import Tagged
from techwatch.web.asking import Reader
from techwatch.web.checks import checked_by
from techwatch.web.site import TheSite
from techwatch.web.views import check as view

router = APIRouter(tags=["check"], route_class=Tagged)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be checked."""

    text: Annotated[str, Field(min_length=1, max_length=view.LONGEST)]  # or a link, or a name
    language: Literal["en", "zh", "nb"] | None = None  # None: told by the text or the page


@router.post("/check")
def check(site: TheSite, person: Reader, asked: Annotated[Asked, Body()]) -> view.Checked:
    """Judge a text, the page of a link, or a name against the baseline."""
    found = checked_by(site, person, asked.text, asked.language)
    if found is None:
        message = "there is no text to check"
        raise TechwatchError(message)
    return found
