"""The page of a story."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from techwatch.web.asking import Reader
from techwatch.web.rendering import language_of
from techwatch.web.site import TheSite
from techwatch.web.views import judged
from techwatch.web.views import story as view

router = APIRouter()
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
After = Annotated[str | None, Query(pattern="^[0-9a-f]{16}$")]


@router.get("/stories/{story_id}")
def story(
    request: Request,
    site: TheSite,
    person: Reader,
    story_id: Id,
    after: After = None,
    said: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """Show a story."""
    shown = view.story(site.watch, story_id, language_of(request, person), after)
    one = shown.development
    told = judged.shown_with(site.watch, [(one.story_id, one.item_id)] if one else [], said)
    return site.renderer.page(request, "story.html", person, story=shown, after=after, **told)
