"""Pages made of templates, in the language of who asks."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from babel.dates import format_date, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from techwatch import __version__
from techwatch.issues import stamp

if TYPE_CHECKING:
    from datetime import date, datetime

    from fastapi import Request

    from techwatch.web.identity.roles import Person

LANGUAGES = {"en": "English", "nb": "Norsk"}
THEMES = ("auto", "light", "dark")


class Renderer:
    """Renders pages."""

    def page(
        self,
        request: Request,
        template: str,
        person: Person | None,
        *,
        status: int = 200,
        **values: Any,  # noqa: ANN401 - what a template shows is of any type
    ) -> HTMLResponse:
        """Render a page for a person; None: for somebody who is not logged in."""
        language = language_of(request, person)
        theme = request.cookies.get("theme", "auto")
        html = (
            environment(language)
            .get_template(template)
            .render(
                person=person,
                language=language,
                languages=LANGUAGES,
                theme=theme if theme in THEMES else "auto",
                path=request.url.path,
                query=request.url.query,
                here=_here(request),
                version=__version__,
                **values,
            )
        )
        return HTMLResponse(html, status)


def _here(request: Request) -> str:
    """Return the address to come back to: a page that answers a form was asked for at another."""
    if request.method in {"GET", "HEAD"}:
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    try:
        page = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    own = page.netloc == request.headers.get("host")
    return (page.path + (f"?{page.query}" if page.query else "")) if own and page.path else "/"


def language_of(request: Request, person: Person | None) -> str:
    """Choose the language: what somebody chose, what their browser asks for, the settings'."""
    default: str = request.app.state.site.settings.language
    chosen = (person.language if person else None) or request.cookies.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    asked = request.headers.get("accept-language", "")
    for part in asked.split(",")[:10]:
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        code = "nb" if code in {"no", "nn"} else code
        if code in LANGUAGES:
            return code
    return default


@cache
def environment(language: str) -> Environment:
    """Make what renders templates in a language."""
    made = Environment(
        loader=PackageLoader("techwatch.web"),
        autoescape=select_autoescape(["html", "svg"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.policies["ext.i18n.trimmed"] = True  # as tools/messages.py reads them
    made.filters["host"] = host
    made.filters["day"] = lambda at: _day(at, language)
    made.filters["moment"] = lambda at: f"{_day(at, language)} {at:%H:%M}"
    made.filters["ago"] = lambda delta: format_timedelta(delta, locale=language)
    made.filters["number"] = lambda n: format_decimal(n, locale=language)
    made.filters["iso"] = _iso
    made.filters["stamp"] = stamp
    made.filters["pairs"] = lambda values: [(value, value) for value in values]
    made.globals["static"] = static_url
    return made


@cache
def translations(language: str) -> NullTranslations:
    """Read the translations into a language; English is what the templates say."""
    file = resources.files("techwatch.web") / "locale" / language / "LC_MESSAGES" / "desk.po"
    if not file.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, language))
    compiled.seek(0)
    return Translations(compiled)


def host(link: str) -> str:
    """Return the host of a link, shown beside it; empty where it is no link of the web."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    return parts.hostname or "" if parts.scheme in {"http", "https"} else ""


def _day(at: date, language: str) -> str:
    """Write a day so that no line ends within it."""
    return format_date(at, "d MMM y", locale=language).replace(" ", "\u00a0")


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


@cache
def static_url(name: str) -> str:
    """Return the address of a file beside the templates; another one when its content changes."""
    content = (resources.files("techwatch.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
