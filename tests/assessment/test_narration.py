"""News is told from narration by its tense, its day, and the form of a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from techwatch.model import Verdict

if TYPE_CHECKING:
    from .desk import Desk

ACCOUNTS = [
    "In the same year the ministry fined Alibaba for hindering its smaller rivals.",
    "The regulator halted the listing of Ant Group soon after its founder gave a speech.",
    "Tencent said it would follow the rules on personal data in China.",
    "Chinese technology companies depend on partners who stay for many years.",
    "Banning TikTok would hurt the small shops which sell there.",
    "“We follow the law in every market,” says a lawyer who advises Huawei in Europe.",
    "A tightening of censorship was expected before the congress in Beijing that year.",
    "The law on data security lets China's ministries ask companies for what they hold.",
]
NEWS = [
    "Nepal bans TikTok, citing harm to families.",
    "The European Commission opens a formal investigation into TikTok over election risks.",
    "Apple and Google remove TikTok from their app stores after an order of a court.",
    "Huawei lobbyists are banned from the rooms of the European Parliament.",
    "A federal judge in Washington blocks the ban on TikTok for now.",
    "The US Commerce Department has added a dozen Chinese chip makers to the Entity List.",
    "China's market regulator fined Alibaba 3 billion yuan on Friday for hindering rivals.",
    "The commerce ministry announces that it will put Skydio on the Unreliable Entity List.",
    "India bans 100 apps linked to Chinese companies.",
    "Huawei launched a new chip for artificial intelligence in China on Tuesday.",
]
FIRST_SENTENCES = [
    "China has barred its minors from playing online games on school days.",
    "Alibaba is pouring billions into chips for artificial intelligence in China.",
    "Canada will ban Huawei from the networks of its telecom firms.",
]
HEADLINES = [
    "China Halted Ant Group’s Blockbuster I.P.O.",
    "TikTok struggles to keep the trust of its users in the U.S.",
    "China's regulator fined Alibaba for hindering rivals",
]


@pytest.mark.parametrize("title", ACCOUNTS)
def test_a_sentence_of_an_account_is_no_news(desk: Desk, title: str) -> None:
    item = desk.item(title)
    assert desk.read(item).narration
    assert not desk.assess(item).verdict.flagged


@pytest.mark.parametrize("title", NEWS)
def test_a_sentence_in_the_present_or_of_a_day_is_news(desk: Desk, title: str) -> None:
    item = desk.item(title)
    assert not desk.read(item).narration
    assert desk.assess(item).verdict.flagged


@pytest.mark.parametrize("title", FIRST_SENTENCES)
def test_what_a_named_actor_is_about_is_no_account(desk: Desk, title: str) -> None:
    assert not desk.read(desk.item(title)).narration


@pytest.mark.parametrize("title", HEADLINES)
def test_a_headline_is_no_account(desk: Desk, title: str) -> None:
    assert not desk.read(desk.item(title)).narration


def test_without_a_headline_the_text_is_read_as_news(desk: Desk) -> None:
    assert not desk.read(desk.item("", ACCOUNTS[0])).narration


def test_a_step_in_the_text_makes_news_of_a_headline_in_the_past(desk: Desk) -> None:
    summary = "China's market regulator fines Alibaba 3 billion yuan."
    assert not desk.read(desk.item(ACCOUNTS[1], summary)).narration


def test_other_languages_are_left_alone(desk: Desk) -> None:
    assert not desk.read(desk.item(ACCOUNTS[0], language="nb")).narration


def test_the_reason_says_that_it_looks_back(desk: Desk) -> None:
    assessment = desk.assess(desk.item(ACCOUNTS[0]))
    assert assessment.verdict is Verdict.KNOWN
    assert "looks back" in assessment.reason
