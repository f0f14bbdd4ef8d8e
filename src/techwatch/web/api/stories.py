"""Stories, as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from techwatch.web.api.answers import Tagged, goes_on
from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import story as view

router = APIRouter(tags=["stories"], route_class=Tagged)


class Asked(BaseModel, frozen=True):
    """Which items of a story, and for whom."""

    readers: Literal["en", "nb"] = Field(
        "en", description="The language whose headlines lead, where there are any."
    )
    after: str | None = Field(
        None, pattern="^[0-9a-f]{16}$", description="The last item of the page before."
    )
    limit: int = Field(view.PAGE, ge=1, le=200, description="Items on a page.")


@router.get("/stories/{story_id}")
def story(
    request: Request,
    response: Response,
    site: TheSite,
    person: Reader,
    story_id: Annotated[str, Path(pattern="^[0-9a-f]{16}$")],
    asked: Annotated[Asked, Query()],
) -> view.StoryShown:
    """Give a story: its items in order, how headlines changed, what came before and after."""
    del person
    found = view.story(site.watch, story_id, asked.readers, asked.after, asked.limit)
    return replace(found, next=goes_on(request, response, found.next))
