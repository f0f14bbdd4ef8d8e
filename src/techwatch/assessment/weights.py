"""The judgements, as one table: what each signal is worth, and how it is told to people.

Weights are log-odds, fitted to labelled news by `tools/fit_weights.py` (logistic regression,
ridge 2, rounded to 0.05), which rewrites the figures below and `words.tsv` and nothing else.
docs/quality.md says how well they do on weeks that they have not seen. MODEL_VERSION changes
whenever a figure or a rule does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from techwatch.assessment import words
from techwatch.assessment.scoring import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL_VERSION = "2026.3"


class Row(NamedTuple):
    """One signal."""

    name: str
    relevance: float  # towards: it matters to the field
    development: float  # towards: something new happened, given that it matters
    importance: float  # towards: a reader must see it
    sentence: str


# The log-odds of an item without any signal.
BIAS = Row("", -2.00, 1.60, -2.10, "")

ROWS = (
    Row("law_in_title", 1.60, 0.20, 1.15, "a law or list stands in the headline"),
    Row("law_in_text", 0.55, 0.45, 0.80, "a law or list stands in the text"),
    Row("law_and_topic", 0.85, 0.00, 0.80, "a law and a technology stand together"),
    Row("cn_tech_in_title", 1.25, 0.10, 0.60, "a Chinese firm or product stands in the headline"),
    Row("cn_tech_in_text", 0.10, -0.05, 0.00, "a Chinese firm or product stands in the text"),
    Row("cn_platform_in_title", 1.00, -0.10, 0.40, "a Chinese platform stands in the headline"),
    Row("cn_platform_in_text", 0.25, -0.20, -0.05, "a Chinese platform stands in the text"),
    Row("cn_maker_in_title", 0.30, 0.20, 0.25, "a Chinese maker stands in the headline"),
    Row("cn_maker_in_text", -0.15, 0.15, 0.05, "a Chinese maker stands in the text"),
    Row(
        "chinese_tech_in_title",
        0.35,
        0.40,
        -0.25,
        "a Chinese tech firm outside the baseline stands in the headline",
    ),
    Row(
        "chinese_tech_in_text",
        0.10,
        -0.15,
        -0.35,
        "a Chinese tech firm outside the baseline stands in the text",
    ),
    Row("foreign_tech_in_title", -0.15, -0.25, -0.25, "a foreign tech firm stands in the headline"),
    Row("foreign_tech_in_text", -0.15, 0.25, -0.10, "a foreign tech firm stands in the text"),
    Row("rival_tech_in_title", -0.05, 0.30, 0.15, "a rival firm stands in the headline"),
    Row("rival_tech_in_text", -0.40, -0.05, -0.30, "a rival firm stands in the text"),
    Row("official_in_title", 0.20, 0.30, 0.35, "a public body stands in the headline"),
    Row("official_in_text", 0.15, 0.20, 0.10, "a public body stands in the text"),
    Row("person_in_title", 0.15, -0.35, 0.15, "a person stands in the headline"),
    Row("person_in_text", -0.45, -0.25, -0.20, "a person stands in the text"),
    Row("china_in_title", 0.45, -0.05, -0.25, "China stands in the headline"),
    Row("china_in_text", 0.25, 0.15, 0.05, "China stands in the text"),
    Row(
        "hong_kong_taiwan_in_title",
        -0.30,
        0.10,
        -0.05,
        "Hong Kong or Taiwan stands in the headline",
    ),
    Row("hong_kong_taiwan_in_text", 0.10, 0.10, 0.45, "Hong Kong or Taiwan stands in the text"),
    Row("authority_in_title", 0.00, 0.40, 0.15, "someone with power to act in the headline"),
    Row("authority_in_text", 0.60, 0.00, 0.15, "someone with power to act in the text"),
    Row("place_in_title", -0.35, 0.35, 0.35, "a country other than China in the headline"),
    Row("place_in_text", -0.10, 0.05, 0.30, "a country other than China in the text"),
    Row("topic_in_title", 1.20, 0.05, 0.70, "the headline is about technology"),
    Row("topic_in_text", 0.70, -0.15, 0.10, "the text is about technology"),
    Row("china_and_topic", 0.70, 0.10, 0.40, "China and technology together in the headline"),
    Row("china_and_topic_text", 0.95, -0.10, 0.45, "China and technology together in the text"),
    Row("no_china", -1.45, 0.00, -1.40, "nothing ties it to China"),
    Row("cn_tech_and_power", 1.30, -0.05, 1.00, "a Chinese tech firm and a power together"),
    Row("cn_tech_alone", -0.25, 0.50, -0.45, "a Chinese tech firm without a power or a country"),
    Row("cn_tech_and_step", 0.40, 0.20, 0.45, "a step touches a Chinese tech firm"),
    Row("cn_tech_and_case", 0.15, -0.05, -0.30, "a case or deal touches a Chinese firm"),
    Row("cn_tech_and_statement", 0.35, -0.20, 0.45, "someone speaks about a Chinese tech firm"),
    Row("other_tech_and_china", 1.40, 0.30, 0.50, "a foreign tech firm and China stand together"),
    Row("other_tech_alone", -1.05, -0.05, -0.70, "a foreign tech firm without a tie to China"),
    Row("measure_in_title", 0.50, -0.20, 0.25, "a ban, a sanction or another measure is named"),
    Row("measure_in_text", 0.30, 0.05, 0.05, "the text names a ban, a sanction or another measure"),
    Row("measure_and_tech", -0.10, -0.25, -0.30, "a measure and a tech firm stand together"),
    Row(
        "platform_without_power",
        -0.05,
        0.15,
        0.20,
        "a platform without a power, a law or a country",
    ),
    Row("law_making_title", 0.30, 0.30, -0.05, "the headline tells of law-making"),
    Row("law_making_text", -0.10, -0.05, 0.00, "the text tells of law-making"),
    Row("coercion_title", 0.05, -0.10, -0.05, "the headline tells of coercion"),
    Row("coercion_text", 0.15, -0.15, -0.10, "the text tells of coercion"),
    Row("trade_control_title", -0.10, 0.25, 0.15, "the headline tells of a trade control"),
    Row("trade_control_text", 0.00, -0.30, -0.10, "the text tells of a trade control"),
    Row("litigation_title", -0.30, 0.25, -0.30, "the headline tells of a case in court"),
    Row("litigation_text", -0.15, 0.05, -0.20, "the text tells of a case in court"),
    Row("ownership_listing_title", 0.15, 0.10, 0.30, "the headline tells of a deal or a listing"),
    Row("ownership_listing_text", 0.00, 0.00, 0.10, "the text tells of a deal or a listing"),
    Row("diplomacy_title", 0.00, 0.15, 0.40, "the headline tells of diplomacy"),
    Row("diplomacy_text", -0.20, 0.00, 0.05, "the text tells of diplomacy"),
    Row("market_title", 0.45, 0.45, 0.00, "the headline tells of business"),
    Row("market_text", -0.20, 0.05, 0.05, "the text tells of business"),
    Row("technology_title", 0.40, 0.10, 0.20, "the headline tells of a capability"),
    Row("technology_text", -0.15, 0.00, -0.20, "the text tells of a capability"),
    Row("security_title", 0.30, 0.25, 0.20, "the headline tells of an intrusion or leak"),
    Row("security_text", 0.10, 0.05, -0.25, "the text tells of an intrusion or leak"),
    Row("statement_title", -0.15, -0.25, -0.15, "the headline tells what someone says"),
    Row("statement_text", -0.20, -0.25, -0.35, "the text tells what someone says"),
    Row("no_event", -0.45, -0.55, -0.90, "no event is told"),
    Row("asserted", 0.25, 0.55, -0.35, "the event is told as a fact"),
    Row("possible", 0.15, 0.15, 0.15, "the event is told as possible only"),
    Row("planned", 0.05, 0.40, 0.20, "the event is told as planned"),
    Row("background_only", -0.10, 0.05, -0.35, "the event stands in the background only"),
    Row("by_authority", 0.15, 0.60, 0.05, "someone with the power to does it"),
    Row("off_target", -0.25, 0.00, -0.10, "it is done to someone outside the field"),
    Row("by_company", 0.65, 0.60, 0.65, "a company does it"),
    Row("by_power", 0.30, 0.10, 0.25, "the United States, China or the European Union acts"),
    Row("strength", 0.55, 0.55, 0.45, "how surely and weightily the event is told"),
    Row("step", 0.10, 0.00, 0.65, "it is a step on a ladder"),
    Row("step_up", -0.15, -0.25, 0.20, "it is a step up"),
    Row("step_back", 0.05, -0.20, -0.40, "it is a step back"),
    Row("commentary_in_title", -0.05, -0.90, -0.90, "the form of an opinion or explanation"),
    Row("commentary_in_text", -0.25, -0.30, -0.15, "the text reads like an explanation"),
    Row("explainer_in_title", -0.05, -0.20, -0.30, "the form of an explanation"),
    Row("explainer_in_text", 0.00, -0.10, -0.05, "the text explains"),
    Row("essay_in_title", 0.15, -0.20, -0.20, "the form of an essay"),
    Row("essay_in_text", -0.40, -0.05, -0.30, "the text reads like an essay"),
    Row("reaction_in_title", 0.20, -0.15, 0.05, "people react"),
    Row("reaction_in_text", 0.15, -0.20, 0.10, "the text tells how people react"),
    Row("poll_in_title", 0.00, -0.05, -0.05, "a poll"),
    Row("poll_in_text", 0.00, -0.05, -0.05, "the text tells of a poll"),
    Row("profile_in_title", 0.10, -0.10, 0.00, "a portrait or a look back"),
    Row("profile_in_text", 0.05, -0.05, 0.00, "the text portrays or looks back"),
    Row("outsider_in_title", -0.30, -0.30, -0.30, "someone without power speaks"),
    Row("outsider_in_text", -0.10, -0.15, 0.05, "the text lets someone without power speak"),
    Row("commentary_alone", 0.10, -0.85, -0.45, "a commentary, and no step is told"),
    Row("commentary_on_text", 0.45, -0.45, -0.35, "a commentary whose headline tells no event"),
    Row("quote", -0.20, -0.05, -0.25, "the headline quotes"),
    Row("long", -0.40, 0.25, -0.10, "the headline is long"),
    Row("full_stop", -0.80, -0.45, -0.60, "the headline ends with a full stop"),
    Row("opinion_in_title", 0.00, 0.00, 0.05, "the headline calls itself an opinion"),
    Row("opinion_in_text", 0.10, -0.05, -0.15, "the text calls itself an opinion"),
    Row("measure_at_name", 0.40, -0.40, 0.15, "a measure stands right at a name in the headline"),
    Row("in_chinese", 0.60, 0.35, 0.00, "the headline is in Chinese"),
    Row("cn_official_in_title", 0.55, 0.10, 0.35, "a Chinese public body is named"),
    Row("cn_official_in_text", 0.15, 0.20, 0.20, "the text names a Chinese public body"),
    Row("cn_official_and_step", 0.35, 0.10, -0.05, "a Chinese public body takes a step"),
    Row("question", 0.05, -0.50, -0.40, "the headline asks"),
    Row("reply_in_title", 0.00, 0.10, 0.15, "someone answers or comments"),
    Row("reply_in_text", 0.00, 0.00, 0.00, "someone answers or comments in the text"),
    Row("binding_genre_in_title", 0.00, 0.05, 0.15, "the headline names a binding document"),
    Row("binding_genre_in_text", 0.00, 0.05, 0.15, "the text names a binding document"),
    Row("soft_genre_in_title", -0.05, 0.10, -0.25, "a document that binds nobody"),
    Row("soft_genre_in_text", 0.05, 0.10, -0.25, "the text names a document that binds nobody"),
    Row("noise_in_title", -0.45, 0.00, -0.25, "words of reviews, bargains or shows"),
    Row("noise_in_text", -0.25, 0.00, 0.00, "the text has words of reviews or bargains"),
    Row(
        "in_passing_in_title",
        -1.35,
        -0.15,
        -0.85,
        "the name is only the place, or part of another's",
    ),
    Row("in_passing_in_text", -0.20, -0.35, -0.50, "a name stands in the text only in passing"),
    Row("gadget_in_title", -1.15, 0.05, -0.25, "the headline is about a gadget"),
    Row("gadget_in_text", 0.00, -0.10, -0.15, "the text is about a gadget"),
    Row("crime_and_life_in_title", -0.90, 0.15, -0.20, "the headline is about crime or daily life"),
    Row("crime_and_life_in_text", -0.75, 0.10, -0.50, "the text is about crime or daily life"),
    Row("geopolitics_in_title", -1.15, -0.25, -0.95, "the headline is about war, rights or goods"),
    Row("geopolitics_in_text", 0.05, 0.05, -0.30, "the text is about war, rights or goods"),
    Row("vehicles_and_goods_in_title", 0.00, 0.30, -0.35, "the headline is about cars or goods"),
    Row("vehicles_and_goods_in_text", -0.10, 0.10, -0.45, "the text is about cars or goods"),
)

_WORDS = words.load()
RARITY: Mapping[str, float] = {term: worth.rarity for term, worth in _WORDS.items()}

# What the kind of the surest event adds to each of the three.
EVENTS: Mapping[str, tuple[float, float, float]] = {
    "law_proposed": (0.00, 0.05, 0.20),
    "draft_published": (0.00, 0.00, -0.05),
    "law_passed": (-0.05, 0.00, 0.15),
    "law_in_force": (0.05, 0.05, -0.05),
    "law_enforced": (-0.15, 0.05, 0.10),
    "law_tightened": (0.25, 0.05, 0.10),
    "law_softened": (0.00, 0.00, 0.00),
    "law_suspended": (0.00, 0.00, -0.15),
    "law_repealed": (0.00, 0.00, 0.00),
    "programme_launched": (0.05, 0.10, -0.30),
    "warned": (-0.15, -0.25, -0.20),
    "summoned": (-0.05, 0.00, -0.20),
    "inquiry_opened": (0.20, 0.10, 0.05),
    "ordered": (0.00, 0.10, 0.20),
    "fined": (0.05, 0.15, -0.10),
    "blacklisted": (-0.30, -0.10, -0.55),
    "use_restricted": (0.20, 0.00, 0.35),
    "licence_revoked": (0.00, 0.05, 0.05),
    "service_suspended": (0.10, 0.15, 0.55),
    "banned": (0.05, -0.25, -0.15),
    "inquiry_closed": (0.00, 0.00, 0.00),
    "order_lifted": (0.00, 0.00, 0.00),
    "blacklist_removed": (0.05, 0.00, 0.20),
    "licence_granted": (0.00, -0.05, -0.15),
    "service_restored": (0.00, 0.00, 0.00),
    "measure_enjoined": (0.00, 0.05, 0.00),
    "ban_lifted": (0.05, -0.20, -0.15),
    "control_considered": (0.00, 0.00, 0.00),
    "control_proposed": (0.00, 0.00, 0.00),
    "control_adopted": (0.10, -0.10, 0.00),
    "control_in_effect": (0.00, 0.00, 0.00),
    "control_tightened": (-0.05, 0.05, 0.05),
    "control_eased": (0.00, 0.00, 0.00),
    "control_suspended": (0.00, 0.00, 0.00),
    "control_lifted": (-0.10, 0.00, -0.05),
    "lawsuit_filed": (0.45, 0.40, 0.20),
    "charged": (0.05, 0.05, 0.30),
    "arrested": (-0.50, -0.20, -0.55),
    "ruling_against": (0.00, 0.00, 0.00),
    "court_penalty": (-0.35, 0.00, -0.40),
    "case_dismissed": (0.10, 0.00, 0.10),
    "case_settled": (-0.20, 0.00, -0.10),
    "deal_reviewed": (0.05, 0.00, 0.10),
    "deal_conditioned": (0.00, 0.00, 0.00),
    "deal_blocked": (0.00, 0.05, 0.10),
    "ipo_halted": (0.00, -0.35, -0.15),
    "divestiture_ordered": (0.00, 0.05, 0.20),
    "delisted": (0.00, 0.00, 0.00),
    "deal_cleared": (0.00, 0.00, -0.15),
    "relisted": (0.00, 0.00, 0.00),
    "deal_announced": (0.10, 0.20, 0.35),
    "listing_planned": (0.05, 0.15, 0.00),
    "retaliation_threatened": (0.05, 0.05, 0.10),
    "retaliated": (0.15, 0.05, 0.30),
    "truce": (0.00, 0.00, 0.05),
    "talks_held": (-0.40, 0.05, -0.20),
    "agreement_reached": (0.00, 0.05, 0.20),
    "initiative_launched": (0.00, 0.00, 0.00),
    "market_entry": (0.10, 0.05, -0.30),
    "market_exit": (0.05, 0.05, 0.25),
    "partnership": (-0.05, 0.05, -0.20),
    "investment": (0.10, 0.10, -0.10),
    "supply_changed": (0.05, -0.10, 0.20),
    "compliance": (-0.20, 0.15, 0.05),
    "business_reported": (0.10, 0.20, -0.05),
    "leadership_changed": (0.10, 0.05, 0.00),
    "state_support": (0.00, 0.00, 0.15),
    "capability_gained": (0.30, 0.10, 0.00),
    "standard_set": (0.00, 0.00, 0.00),
    "flaw_found": (-0.10, -0.15, -0.50),
    "data_breach": (0.00, 0.10, 0.25),
    "intrusion_attributed": (0.45, 0.35, 0.20),
    "criticised": (0.15, 0.20, -0.20),
    "called_for": (0.10, -0.40, -0.40),
    "report_published": (-0.75, 0.05, -0.10),
    "hearing_held": (0.15, -0.35, 0.20),
}


def _table(name: str, column: int, bias: float) -> Table:
    """Take one column: that of the signals, of the kinds of events, and of the words."""
    rows = {row.name: float(row[column]) for row in ROWS}
    rows |= {f"event:{e}": w[column - 1] for e, w in EVENTS.items()}
    return Table(name, bias, rows, {t: getattr(worth, name) for t, worth in _WORDS.items()})


RELEVANCE = _table("relevance", 1, BIAS.relevance)
DEVELOPMENT = _table("development", 2, BIAS.development)
IMPORTANCE = _table("importance", 3, BIAS.importance)
SENTENCES: Mapping[str, str] = {row.name: row.sentence for row in ROWS} | {
    f"event:{name}": f"the kind of event: {name.replace('_', ' ')}" for name in EVENTS
}
