"""How sure a hit is: tables of features and weights.

Each feature is a small function that looks at the evidence and returns how much there is of it,
mostly 0 to 1, and the reason as a sentence. Its docstring says what it is evidence of. A score is
the sum of values times weights, kept between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.matching.spellings import Form
from techwatch.model import Feature, Method
from techwatch.text import fold, is_word

if TYPE_CHECKING:
    from techwatch.model import Entity, Name

_LONG_NAME = 12  # characters from which a name is hardly a coincidence
_LONG_CJK_NAME = 3


@dataclass(frozen=True, slots=True)
class Support:
    """What in the item speaks for a doubtful name."""

    same: bool = False  # the entity is named elsewhere by a sure name
    related: str | None = None  # an entity tied to it, named elsewhere
    other: str | None = None  # another actor or law of the baseline, named elsewhere
    country: str | None = None  # the place it belongs to, named elsewhere
    legal_form: str | None = None  # Inc, Group, 公司 next to it
    role: str | None = None  # chief executive, shares, users near it
    acts: str | None = None  # what follows makes it an owner, a doer or a maker: 's, says, SU7
    row: str | None = None  # a sure name beside it, as in a list of names
    foreign: str | None = None  # another power, whose body or measure the text speaks of
    topic: str | None = None  # a word of the field near it
    topic_elsewhere: str | None = None  # a word of the field further off
    feed: str | None = None  # what the item's feed is about, if that is the field


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about one hit."""

    entity: Entity
    name: Name
    surface: str
    method: Method
    form: Form = Form.LISTED
    edits: int = 0
    case_tells: bool = True  # whether the text around uses capitals for names only
    support: Support = Support()


FeatureFunction = Callable[[Evidence], tuple[float, str]]
Table = tuple[tuple[FeatureFunction, float], ...]


# ---------------------------------------------------------------------------- sure names


def name_stands(evidence: Evidence) -> tuple[float, str]:
    """A name that hardly means anything else is strong evidence by itself."""
    how = "letter by letter" if evidence.method is Method.EXACT else "but for case or accents"
    if evidence.form is not Form.LISTED:
        how = evidence.form.value
    return 1.0, f"“{evidence.surface}” is the name “{evidence.name.text}”, {how}"


def other_spaces(evidence: Evidence) -> tuple[float, str]:
    """“Byte Dance” is most likely ByteDance, but words that stand together can also be chance."""
    differs = evidence.form is Form.RESPACED
    return float(differs), "its words are spaced otherwise than in the name"


def lost_capitals(evidence: Evidence) -> tuple[float, str]:
    """A name written small may be the ordinary word it comes from."""
    small = evidence.surface.islower() and not evidence.name.text.islower()
    person = evidence.entity.type == "person"  # "trump" is a verb, "tiktok" is still TikTok
    return small * (2.0 if person else 1.0), "it is written without the capitals of the name"


def long_name(evidence: Evidence) -> tuple[float, str]:
    """The longer a name, the less likely it stands there by chance."""
    full = _LONG_NAME if is_word(evidence.surface[0]) else _LONG_CJK_NAME
    value = min(len(evidence.surface) / full, 1.0)
    return value, f"the name is {len(evidence.surface)} characters long"


def of_another_power(evidence: Evidence) -> tuple[float, str]:
    """One country's ministry or export controls are not another's."""
    power = evidence.support.foreign
    return float(power is not None), f"the sentence speaks of that of {power}"


SURE_NAME: Table = (
    (name_stands, 0.85),
    (long_name, 0.15),
    (other_spaces, -0.2),
    (lost_capitals, -0.2),
    (of_another_power, -0.6),
)

# ---------------------------------------------------------------------------- misspelt names


def few_edits(evidence: Evidence) -> tuple[float, str]:
    """A misspelling leaves most of a name as it is."""
    letters = sum(map(str.isalnum, evidence.name.text))
    value = max(0.0, 1 - evidence.edits / letters)
    slips = "one slip" if evidence.edits == 1 else f"{evidence.edits} slips"
    return value, f"“{evidence.surface}” is {slips} away from “{evidence.name.text}”"


def same_letters(evidence: Evidence) -> tuple[float, str]:
    """Letters in the wrong order are a slip of the hand, seldom another word."""
    found, meant = (sorted(fold(text).text) for text in (evidence.surface, evidence.name.text))
    return float(found == meant), "it has the very letters of the name"


def named_rightly_too(evidence: Evidence) -> tuple[float, str]:
    """Who misspells a name once mostly spells it right elsewhere."""
    return float(evidence.support.same), "the item also spells the name right"


def capital_in_running_text(evidence: Evidence) -> tuple[float, str]:
    """Where only names take capitals, a capital says that a name was meant."""
    return float(evidence.case_tells), "it takes a capital where ordinary words don't"


def company_of_others(evidence: Evidence) -> tuple[float, str]:
    """An item that speaks of the baseline's other entities is likelier to speak of this one."""
    others = evidence.support.related or evidence.support.other or evidence.support.country
    return float(others is not None), f"the item also names {others}"


def topic(evidence: Evidence) -> tuple[float, str]:
    """A word of the field near by says that the field is spoken of."""
    found = evidence.support.topic
    return float(found is not None), f"“{found}” stands near"


TYPO: Table = (
    (few_edits, 0.65),
    (same_letters, 0.1),
    (capital_in_running_text, 0.05),
    (named_rightly_too, 0.2),
    (company_of_others, 0.1),
    (topic, 0.05),
)

# ---------------------------------------------------------------------------- weak names


def weak_name(evidence: Evidence) -> tuple[float, str]:
    """A weak name mostly means something else and needs support."""
    return 1.0, f"“{evidence.surface}” may mean {evidence.entity.name} or something else"


def same_entity(evidence: Evidence) -> tuple[float, str]:
    """After its full name, the short one means the same entity."""
    return float(evidence.support.same), f"the item also names {evidence.entity.name} in full"


def related_entity(evidence: Evidence) -> tuple[float, str]:
    """An owner, product or founder named in the item tells which one is meant."""
    related = evidence.support.related
    return float(related is not None), f"the item also names {related}, which is tied to it"


def other_entity(evidence: Evidence) -> tuple[float, str]:
    """Entities of one field are named together."""
    other = evidence.support.other
    return float(other is not None), f"the item also names {other}"


def home_country(evidence: Evidence) -> tuple[float, str]:
    """The country it belongs to is named in the item."""
    country = evidence.support.country
    return float(country is not None), f"the item also names {country}"


def legal_form(evidence: Evidence) -> tuple[float, str]:
    """A legal form or the word "company" beside it makes it a company's name."""
    form = evidence.support.legal_form
    return float(form is not None), f"“{form}” stands beside it"


def owner_or_doer(evidence: Evidence) -> tuple[float, str]:
    """What owns, says or plans something is somebody: "Apple's", "Ant plans", "小米SU7"."""
    follows = evidence.support.acts
    return float(follows is not None), f"“{follows}” follows it, as after a name"


def in_a_row(evidence: Evidence) -> tuple[float, str]:
    """In a list of names each is a name."""
    beside = evidence.support.row
    return float(beside is not None), f"it stands in a row with {beside}"


def role(evidence: Evidence) -> tuple[float, str]:
    """What companies and authorities have or do: shares, a chief executive, users, a rule."""
    word = evidence.support.role
    return float(word is not None), f"“{word}” stands near"


def capital_of_a_name(evidence: Evidence) -> tuple[float, str]:
    """A capital inside a sentence says that an ordinary word is a name here."""
    return float(evidence.case_tells), "it takes a capital inside a sentence"


def topic_further_off(evidence: Evidence) -> tuple[float, str]:
    """A word of the field elsewhere in the item says a little."""
    found = evidence.support.topic_elsewhere
    return float(found is not None), f"“{found}” stands in the item"


def topic_of_the_feed(evidence: Evidence) -> tuple[float, str]:
    """What comes from a feed about the field likely speaks of the field."""
    about = evidence.support.feed
    return float(about is not None), f"the feed is about {about}"


WEAK_NAME: Table = (
    (weak_name, 0.25),
    (same_entity, 0.6),
    (related_entity, 0.4),
    (legal_form, 0.3),
    (owner_or_doer, 0.15),
    (in_a_row, 0.25),
    (role, 0.25),
    (topic, 0.2),
    (topic_further_off, 0.1),
    (topic_of_the_feed, 0.1),
    (other_entity, 0.2),
    (home_country, 0.2),
    (capital_of_a_name, 0.09),
    (of_another_power, -0.5),
)


def table_for(evidence: Evidence, *, weak: bool) -> Table:
    """Choose the table that a hit is judged by."""
    if evidence.edits:
        return TYPO
    return WEAK_NAME if weak else SURE_NAME


def judge(evidence: Evidence, table: Table) -> tuple[float, tuple[Feature, ...]]:
    """Return the score, 0..1, and the features that made it, those without effect left out."""
    features = []
    for function, weight in table:
        value, sentence = function(evidence)
        if value:
            features.append(Feature(function.__name__, value, weight, sentence))
    return total(features), tuple(features)


def total(features: list[Feature]) -> float:
    """Add up features to a score from 0 to 1."""
    score = sum(feature.value * feature.weight for feature in features)
    return round(min(max(score, 0.0), 1.0), 4)


def judge_description(words: int, window: int, groups: int) -> tuple[float, tuple[Feature, ...]]:
    """Score a described entity: the closer its words stand, the surer."""
    closeness = max(0.0, 1 - (words - groups) / max(window, 1))
    features = [
        Feature("words_together", 1.0, 0.55, f"{groups} words that describe it stand together"),
        Feature("closeness", closeness, 0.25, f"within {words} words"),
    ]
    return total(features), tuple(features)
