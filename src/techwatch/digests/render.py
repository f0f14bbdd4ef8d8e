"""Render a digest as an HTML mail, as plain text, and as JSON. Pure: same digest, same bytes."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from techwatch.digests.cleaning import clean
from techwatch.digests.page import lay_out
from techwatch.digests.wording import wording
from techwatch.digests.wrapping import fill, width
from techwatch.model import RenderedDigest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.digests.page import Page
    from techwatch.digests.wording import Wording
    from techwatch.model import Digest

JSON_FORMAT = 1  # raised when a field of the JSON changes its meaning or goes


def render(digest: Digest) -> RenderedDigest:
    """Render the digest. What feeds wrote is cleaned, bounded and escaped on the way."""
    digest = clean(digest)
    words = wording(digest.language)
    page = lay_out(digest, words)
    return RenderedDigest(
        edition_id=digest.edition_id,
        slot=digest.slot,
        subject=digest.subject,
        html=_html(page, words),
        text=_environment().get_template("digest.txt").render(page=page, say=words.say),
        json=json.dumps({"format": JSON_FORMAT, **_plain(digest)}, ensure_ascii=False, indent=1),
    )


def _html(page: Page, words: Wording) -> str:
    """Fill the template and move the styles into the elements, where mail programs keep them."""
    html = _environment().get_template("digest.html").render(page=page, say=words.say)
    return _inliner().inline(html)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("techwatch.digests"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["fill"] = fill
    environment.filters["columns"] = width
    return environment


@cache
def _inliner() -> CSSInliner:
    """Return what moves digest.css into the elements; the page's own style element stays."""
    css = _environment().get_template("digest.css").render()
    return CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        load_remote_stylesheets=False,
        minify_css=True,
        extra_css=css,
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON is of any shape
    """Turn values of the model into what JSON can hold; times become ISO 8601."""
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return _mapping(value) if hasattr(value, "items") else value


def _mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): _plain(item) for key, item in value.items()}
