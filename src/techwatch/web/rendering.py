"""Pages made of templates, in the language of who asks."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from babel.dates import format_date, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.responses import HTMLResponse

from techwatch import __version__
from techwatch.digests.wording import wording
from techwatch.issues import stamp
from techwatch.jurisdictions import name_of
from techwatch.web.telling import CONTEXT, Teller
from techwatch.web.words import term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from babel.messages.catalog import Catalog
    from fastapi import Request
    from jinja2.runtime import Macro

    from techwatch.web.identity.roles import Person

LANGUAGES = {"en": "English", "nb": "Norsk"}
THEMES = ("auto", "light", "dark")
_MOST_MESSAGES = 4_096
_MOST_FRAGMENTS = 2_000  # of one language, some 3 kB each
LOCALES = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders pages, by the translations of a folder."""

    locales: Path = LOCALES

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
            environment(language, self.locales)
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
def environment(language: str, locales: Path = LOCALES) -> Environment:
    """Make what renders templates in a language, by the translations of a folder."""
    made = Environment(
        loader=PackageLoader("techwatch.web"),
        autoescape=select_autoescape(["html", "svg"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    said = translations(language, locales)
    made.install_gettext_translations(said, newstyle=True)  # type: ignore[attr-defined]
    made.globals["_"] = _translating(said)
    made.policies["ext.i18n.trimmed"] = True  # as tools/messages.py reads them
    made.filters["host"] = host
    made.filters["day"] = lambda at: day(at, language)
    made.filters["moment"] = lambda at: f"{day(at, language)} {at:%H:%M}"
    made.filters["vague"] = lambda text: _vague(text, language)
    made.filters["ago"] = lambda delta: format_timedelta(delta, locale=language)
    made.filters["number"] = lambda n: format_decimal(n, locale=language)
    made.filters["decimal"] = lambda n: format_decimal(n, "0.00", locale=language)
    made.filters["signed"] = lambda n: format_decimal(n, "+0.00;-0.00", locale=language)
    made.filters["iso"] = _iso
    made.filters["stamp"] = stamp
    made.filters["told"] = teller(language, locales)
    made.filters["term"] = lambda value: term(value, said.gettext, language)
    made.filters["power"] = lambda code: _power(code, language)
    made.filters["tongue"] = wording(language).tongue
    for name in ("term", "power", "tongue"):
        made.filters[f"{name}s"] = partial(_pairs, made.filters[name])
    made.filters["pairs"] = lambda values: [(value, value) for value in values]
    made.globals["static"] = static_url
    made.globals["kept"] = Fragments().kept
    return made


class Fragments:
    """Parts of pages that are the same whoever asks; for any number of threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], tuple[object, Markup]] = OrderedDict()

    def kept(self, macro: Macro, value: object) -> Markup:
        """Render a frozen value by a macro that looks at nothing else, once for this very value."""
        key = id(value), macro.name
        found = self._kept.get(key)
        if found is not None and found[0] is value:  # else another one that was there before
            return found[1]
        made = Markup(macro(value))  # noqa: S704 - what a macro returns is escaped
        self._kept[key] = value, made
        while len(self._kept) > _MOST_FRAGMENTS:
            self._kept.popitem(last=False)
        return made


def _translating(by: NullTranslations) -> Callable[..., Markup]:
    """Make what templates call `_`: it does as jinja2's own, which takes ten times as long.

    A page has up to a thousand messages, most of which are given no values.
    """

    @lru_cache(_MOST_MESSAGES)
    def plain(message: str) -> Markup:
        return translated(message) % {}

    @lru_cache(_MOST_MESSAGES)
    def translated(message: str) -> Markup:
        return Markup(by.gettext(message))  # noqa: S704 - what translators wrote, not readers

    def words(message: str, /, **values: object) -> Markup:
        return translated(message) % values if values else plain(message)

    return words


@cache
def translations(language: str, locales: Path = LOCALES) -> NullTranslations:
    """Read the translations into a language; English is what the templates say."""
    catalog = _catalog(language, locales)
    if catalog is None:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


@cache
def teller(language: str, locales: Path = LOCALES) -> Teller:
    """Make what tells sentences of other modules in a language."""
    catalog = _catalog(language, locales)
    told = (one for one in catalog or () if one.context == CONTEXT)
    return Teller(language, [(str(one.id), str(one.string)) for one in told])


@cache
def _catalog(language: str, locales: Path) -> Catalog | None:
    file = locales / language / "LC_MESSAGES" / "desk.po"
    if not file.is_file():
        return None
    with file.open("rb") as source:
        return read_po(source, language)


def host(link: str) -> str:
    """Return the host of a link, shown beside it; empty where it is no link of the web."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    return parts.hostname or "" if parts.scheme in {"http", "https"} else ""


def day(at: date, language: str) -> str:
    """Write a day so that no line ends within it."""
    return _written(at.date() if isinstance(at, datetime) else at, language)


@lru_cache(maxsize=4_096)
def _written(at: date, language: str) -> str:
    pattern = "d. MMM y" if language == "nb" else "d MMM y"
    return format_date(at, pattern, locale=language).replace(" ", "\u00a0")


def _pairs(called: Callable[[str], str], values: Iterable[str]) -> list[tuple[str, str]]:
    """Give values as a form offers them, each beside what it is called."""
    return [(value, called(value)) for value in values]


def _vague(text: str, language: str) -> str:
    """Write a date as precise as it is known: English as the baseline has it."""
    return text if language == "en" else wording(language).vague_date(text)


def _power(code: str, language: str) -> str:
    """Name a jurisdiction: "United States"."""
    return name_of(code, language).removeprefix("the ")


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


@cache
def static_url(name: str) -> str:
    """Return the address of a file beside the templates; another one when its content changes."""
    content = (resources.files("techwatch.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
