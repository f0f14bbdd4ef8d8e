"""Checking what somebody gives: the page of a link is brought for them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch import reading_pages
from techwatch.text import web_link
from techwatch.web.views import check as view

if TYPE_CHECKING:
    from techwatch.web.identity.roles import Person
    from techwatch.web.site import Site


def checked_by(
    site: Site, person: Person, text: str, language: str | None, readers: str = "en"
) -> view.Checked | None:
    """Check a text, a name or the page of a link; None if there is nothing to check.

    `readers` is the language of who asks, `language` that of the text, where it is known.

    Raises FetchError of a page, and HTTPException (429) where too many are asked for.
    """
    if link := web_link(text):
        reading = reading_pages.read_politely(site.watch, link, language)
        item = site.outward.fetch(person, link, reading)
        return view.check(site.watch, item, link, readers)
    item = view.item_of(text, language)
    return view.check(site.watch, item, None, readers) if item.title else None
