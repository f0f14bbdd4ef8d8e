from __future__ import annotations

from pathlib import Path

import pytest

from techwatch.baseline.loading import load
from techwatch.baseline.standings import standings
from techwatch.model import Baseline, Standing

HERE = Path(__file__).parent
REAL = HERE.parents[1] / "baseline"


@pytest.fixture(scope="module")
def small() -> Baseline:
    return load(HERE / "small")


@pytest.fixture(scope="module")
def real() -> Baseline:
    return load(REAL)


def _rungs(baseline: Baseline, entity: str, as_of: str | None = None) -> dict[str, str | None]:
    found = standings(baseline.entities[entity], baseline, as_of)
    return {f"{s.track} {s.jurisdiction}": s.rung for s in found}


def test_the_highest_rung_that_had_happened_counts(small: Baseline) -> None:
    assert standings(small.entities["data_law"], small) == (
        Standing("data_law", "law_making", "passed", "cn", "2021-06-10", "Passed.", "report-2021"),
        Standing(
            "data_law", "law_making", "proposed", "eu", "2020", "Proposed elsewhere.", "report-2021"
        ),
    )


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2019", {}),
        ("2020", {"law_making eu": "proposed"}),
        ("2021-06-09", {"law_making eu": "proposed"}),
        ("2021-06", {"law_making cn": "passed", "law_making eu": "proposed"}),
        ("2021-09-01", {"law_making cn": "in_force", "law_making eu": "proposed"}),
    ],
)
def test_what_was_due_counts_from_its_day(
    small: Baseline, as_of: str, expected: dict[str, str]
) -> None:
    assert _rungs(small, "data_law", as_of) == expected


def test_a_step_back_falls_to_the_rung_reached_below(small: Baseline) -> None:
    assert standings(small.entities["acme_chat"], small) == (
        Standing(
            "acme_chat",
            "coercion",
            "ordered",
            "us",
            "2020-09-20/2020-09-30",
            "A court stopped it.",
            "blog-2020",
        ),
    )
    assert _rungs(small, "acme_chat", "2020-09-18") == {"coercion us": "banned"}


def test_events_off_the_ladders_move_nothing(small: Baseline) -> None:
    assert standings(small.entities["acme"], small) == ()


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ("pipl", {"law_making cn": "proposed"}),
        ("dsl", {"law_making cn": "passed"}),
        ("csl", {"law_making cn": "enforced"}),
        ("uel", {"law_making cn": "in_force"}),
        ("auto_data_draft", {"law_making cn": "consultation"}),
        ("crypto_ban", {"law_making cn": "passed"}),
        ("eo_wechat", {"law_making us": "passed"}),
        ("us_app_prohibitions", {"law_making us": "passed"}),
        ("fdpr", {"trade_control us": "tightened"}),
        ("us_entity_list", {"trade_control us": "in_effect"}),
        ("german_5g", {"trade_control de": None}),
        ("wechat", {"coercion cn": "under_inquiry", "coercion us": "ordered"}),
        ("tiktok", {"coercion us": "ordered", "ownership_listing us": "divest_ordered"}),
        ("huawei", {"coercion de": "warned", "trade_control us": "tightened"}),
        ("ant_group", {"ownership_listing cn": "halted"}),
        ("didi", {"coercion cn": "ordered"}),
        ("tesla", {"coercion cn": "restricted"}),
        ("zte", {}),
        ("bytedance", {"coercion cn": "ordered", "ownership_listing us": "divest_ordered"}),
        ("nsl2015", {"law_making cn": "passed"}),
        ("fyp14", {"law_making cn": "passed"}),
        ("credit_data_rules", {"law_making cn": "proposed"}),
        ("shenzhen_data_reg", {"law_making cn": "consultation"}),
        ("eo_tiktok", {"law_making us": "passed"}),
        ("tiktok_divest", {"ownership_listing us": "divest_ordered"}),
        ("wechat_injunction", {"coercion us": None}),
        ("ant_ipo_halt", {"ownership_listing cn": "halted"}),
        ("order_13", {"coercion cn": "ordered"}),
        ("app_notice_105", {"coercion cn": "ordered"}),
        ("tesla_limits", {"coercion cn": "restricted"}),
        ("us_blacklists", {"trade_control us": "in_effect"}),
        ("us_chip_sanctions", {"trade_control us": "in_effect"}),
        ("mofcom", {"diplomacy cn": "threatened"}),
    ],
)
def test_the_state_is_the_one_that_the_documents_give(
    real: Baseline, entity: str, expected: dict[str, str | None]
) -> None:
    assert _rungs(real, entity) == expected


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ("pipl", {}),
        ("dsl", {}),
        ("ant_group", {}),
        ("ant_ipo_halt", {}),
        ("auto_data_draft", {}),
        ("app_notice_105", {}),
        ("digital_currency", {}),
        ("csl", {"law_making cn": "enforced"}),
        ("uel", {"law_making cn": "in_force"}),
        ("fyp14", {"law_making cn": "proposed"}),
        ("wechat", {"coercion cn": "under_inquiry", "coercion us": "ordered"}),
        ("eo_wechat", {"law_making us": "passed"}),
        ("tiktok", {"coercion us": "ordered", "ownership_listing us": "divest_ordered"}),
        ("tiktok_divest", {"ownership_listing us": "divest_ordered"}),
    ],
)
def test_the_state_in_september_2020(
    real: Baseline, entity: str, expected: dict[str, str | None]
) -> None:
    assert _rungs(real, entity, "2020-09") == expected


def test_the_ban_on_wechat_stood_for_days(real: Baseline) -> None:
    assert _rungs(real, "wechat", "2020-09-17")["coercion us"] == "ordered"
    assert _rungs(real, "wechat", "2020-09-19")["coercion us"] == "banned"
    assert _rungs(real, "wechat", "2020-09-30")["coercion us"] == "ordered"
    assert _rungs(real, "us_app_prohibitions", "2020-09-19") == {"law_making us": "passed"}
    (stayed,) = standings(real.entities["wechat_injunction"], real)
    assert (stayed.track, stayed.rung, stayed.jurisdiction) == ("coercion", None, "us")


def test_the_tiktok_deal_is_agreed_in_principle_but_open(real: Baseline) -> None:
    order = real.entities["tiktok_divest"]
    (standing,) = standings(order, real)
    assert standing.rung == "divest_ordered"  # no deal has cleared it
    assert "not closed" in order.facts[-1].text


def test_nobody_is_on_the_unreliable_entity_list(real: Baseline) -> None:
    assert any("without anybody named" in fact.text for fact in real.entities["uel"].facts)
    listed = [
        fact.entity_id
        for entity in real.entities.values()
        for fact in entity.facts
        if fact.event_type == "blacklisted" and fact.jurisdiction == "cn"
    ]
    assert listed == []


@pytest.mark.parametrize(
    ("entity", "since"),
    [("pipl", "2021-04"), ("dsl", "2021-06-10"), ("uel", "2020-09-19"), ("fyp14", "2021-03")],
)
def test_a_state_has_the_date_that_the_documents_give(
    real: Baseline, entity: str, since: str
) -> None:
    (standing,) = standings(real.entities[entity], real)
    assert standing.since == since


def test_the_data_security_law_was_due_in_september(real: Baseline) -> None:
    assert _rungs(real, "dsl", "2021-08-31") == {"law_making cn": "passed"}
    assert _rungs(real, "dsl", "2021-09") == {"law_making cn": "in_force"}
