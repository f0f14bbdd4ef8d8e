"""What a page says by shorter ways than a template's own is what the template would say."""

from __future__ import annotations

from importlib import resources

import pytest
from babel.messages.pofile import read_po
from jinja2 import meta
from markupsafe import Markup

from techwatch.web.rendering import LANGUAGES, Fragments, environment

_KEPT = ("told.html", "known.html")  # rendered once for all who read them
_HOSTILE = "<b>&\"'</b> %(name)s %%"


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_are_those_of_the_template_engine(language: str) -> None:
    made = environment(language)
    both = made.from_string("{{ gettext(m) if v is none else gettext(m, **v) }}")
    ours = made.from_string("{{ _(m) if v is none else _(m, **v) }}")
    po = resources.files("techwatch.web") / "locale" / "nb" / "LC_MESSAGES" / "desk.po"
    with po.open("rb") as source:
        told = [one for one in read_po(source, "nb") if one.context is None]
    messages = [one.id for one in told if isinstance(one.id, str)]
    assert len(messages) > 100
    for message in ("50 %% of <i>it</i>", *messages):
        values = None if "%(" not in message else dict.fromkeys(_names(message), _HOSTILE)
        assert ours.render(m=message, v=values) == both.render(m=message, v=values), message
    assert "&lt;b&gt;" in ours.render(m="by %(name)s", v={"name": _HOSTILE})


def _names(message: str) -> list[str]:
    return [part.partition(")")[0] for part in message.split("%(")[1:]]


def test_nothing_of_who_asks_stands_in_what_is_kept_for_all() -> None:
    made = environment("en")
    for name in _KEPT:
        source, _, _ = made.loader.get_source(made, name) if made.loader else ("", None, None)
        assert source
        assert "with context" not in source
        assert meta.find_undeclared_variables(made.parse(source)) <= set(made.globals), name


def test_a_fragment_belongs_to_one_value_only() -> None:
    class Loud:
        name = "loud"
        calls = 0

        def __call__(self, value: list[int]) -> Markup:
            self.calls += 1
            return Markup("<b>%s</b>") % value[0]

    macro, fragments, first = Loud(), Fragments(), [0]
    for n in range(6_000):  # the places of values that were let go are taken by others
        assert fragments.kept(macro, [n]) == f"<b>{n}</b>"  # type: ignore[arg-type]
    assert fragments.kept(macro, first) is fragments.kept(macro, first)  # type: ignore[arg-type]
    assert macro.calls == 6_001
