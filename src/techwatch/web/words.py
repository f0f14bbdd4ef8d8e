"""Words that are translated later than they are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable


def later(message: str) -> str:
    """Mark a message for the list of what is translated; a template translates it by `_(...)`."""
    return message


# Modules below the desk say these; templates translate them.
FROM_BELOW = (
    later("Does it concern the field?"),
    later("Does it tell something new?"),
    later("How high does it rank?"),
    later("Does it tell the same as an earlier item?"),
)
# What the baseline and the state of things are called by; templates translate them by `term`.
TERMS = (
    # types of actors, laws and places
    later("company"), later("person"), later("product"), later("government body"),
    later("party body"), later("association"), later("international body"), later("legislature"),
    later("court"), later("facility"), later("statute"), later("policy"), later("programme"),
    later("country"), later("bloc"), later("city region"), later("pilot programme"),
    later("regulation"), later("executive order"), later("diplomatic initiative"),
    later("draft rule"), later("rules (unnamed)"), later("doctrine"), later("regime"),
    later("licence"), later("plan"), later("list/regulation"), later("regulation (unnamed)"),
    later("rule"), later("licence rule"), later("administrative measure"), later("local draft"),
    later("administrative notice"), later("enforcement"), later("investigation"),
    later("umbrella"), later("administrative action"), later("administrative order"),
    later("rules"), later("ban"), later("party directive"), later("agreement"), later("list"),
    later("list/sanction"), later("sanctions (unnamed)"), later("sanctions (framing)"),
    later("context"), later("court ruling"), later("diplomatic campaign"), later("legal gap"),
    later("unknown"), later("actor"), later("law"), later("place"),
    # sectors
    later("platforms"), later("devices"), later("networks"), later("components"),
    later("finance"), later("cars"), later("retail"), later("general"),
    # relations
    later("targets"), later("issued by"), later("owner of"), later("part of"),
    later("product of"), later("concerns"), later("leads"), later("enforces"), later("answers"),
    later("founder of"), later("part of law"), later("member of"), later("employed by"),
    later("rival of"), later("blocks"),
    # modes of events, and contexts of the vocabulary
    later("possible"), later("proposed"), later("decided"), later("in effect"),
    later("reversed"), later("denied"), later("past"), later("china"),
    later("hong kong taiwan"), later("chinese tech"), later("rival tech"), later("authority"),
    later("measure"), later("opinion"), later("explainer"), later("essay"), later("reaction"),
    later("poll"), later("profile"), later("outsider"), later("in passing"), later("meant"),
    later("gadget"), later("crime and life"), later("geopolitics"),
    later("vehicles and goods"), later("reply"), later("binding genre"), later("soft genre"),
    # what may be done
    later("read"), later("teach"), later("feeds"), later("baseline"), later("filters"),
    later("admin"),
)  # fmt: skip


def term(value: str, translated: Callable[[str], str], language: str) -> str:
    """Return a word of the data in a language; in English, marked as such, where it has none.

    Args:
        value: as the data has it: "government_body".
        translated: what gives a message in the language, itself where it has none.
        language: of the page.
    """
    word = value.replace("_", " ")
    if language == "en":
        return word
    return translated(word) if word in TERMS else Markup('<span lang="en">{}</span>').format(word)
