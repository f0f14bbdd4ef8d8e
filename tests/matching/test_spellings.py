from __future__ import annotations

import pytest

from techwatch.matching.spellings import Form, spellings
from techwatch.model import Name


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Baidu", ["baidu"]),
        ("Huawei", ["huawei", "hua wei"]),
        ("Walmart", ["walmart", "wal mart", "walm art"]),
        ("TikTok", ["tiktok", "tik tok"]),
        ("WeChat", ["wechat", "we chat", "wec hat"]),
        ("iCloud", ["icloud", "icl oud"]),
        ("Ant Group", ["ant group", "antgroup"]),
        ("Li Zheng", ["li zheng"]),
        ("Ministry of Commerce", ["ministry of commerce"]),
        ("US Treasury", ["us treasury", "u.s. treasury"]),
        ("U.S. Treasury", ["u.s. treasury", "us treasury"]),
        ("People's Bank", ["people's bank", "peoples bank"]),
        ("GDPR", ["gdpr", "g.d.p.r."]),
        ("TCL Technology", ["tcl technology", "t.c.l. technology", "tcltechnology"]),
        ("JD.com", ["jd.com", "jdcom"]),
        ("Trump administration", ["trump administration", "trumpadministration"]),
        ("export controls", ["export controls"]),
        ("AT&T", ["at&t", "atandt"]),
        ("華為", ["华为"]),
        (" - ", []),
    ],
)
def test_spellings(name: str, folded: list[str]) -> None:
    assert [spelling.folded for spelling in spellings(Name(name, "en"))] == folded


def test_an_acronym_has_no_spellings_but_with_points() -> None:
    acronym = Name("US", "en", exact_case=True)
    assert [s.folded for s in spellings(acronym)] == ["us", "u.s."]


def test_long_acronyms_have_spellings_with_points_too() -> None:
    spelt = [[s.folded for s in spellings(Name(n, "en", exact_case=True))] for n in ("FTC", "CETC")]
    assert spelt == [["ftc", "f.t.c."], ["cetc", "c.e.t.c."]]


def test_a_split_that_reads_like_words_is_doubtful() -> None:
    split = {s.folded: s for s in spellings(Name("WeChat", "en"))}
    assert split["we chat"].doubtful
    assert split["we chat"].form is Form.RESPACED
    assert not split["wechat"].doubtful


def test_a_split_of_a_name_near_other_words_is_doubtful() -> None:
    split = {s.folded: s.doubtful for s in spellings(Name("BlackRock", "en", fuzzy=False))}
    assert not split.pop("blackrock")
    assert split["black rock"]
    assert all(split.values())


def test_a_break_where_no_capital_shows_it_is_doubtful() -> None:
    broken = {s.folded: s.doubtful for s in spellings(Name("TikTok", "en"))}
    assert broken == {"tiktok": False, "tik tok": False}
    assert {s.folded: s.doubtful for s in spellings(Name("Huawei", "en"))}["hua wei"]
