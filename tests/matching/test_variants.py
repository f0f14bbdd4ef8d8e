from __future__ import annotations

import pytest

from techwatch.matching.variants import Seen, initials, short_for

NEAR, FAR = frozenset({"huawei"}), frozenset({"tiktok"})


@pytest.mark.parametrize(
    ("surface", "expected"),
    [("Ministry of State Security", "MSS"), ("FCC", ""), ("Foreign Apps Act", "FAA"), ("华为", "")],
)
def test_initials_are_those_of_capitalised_words(surface: str, expected: str) -> None:
    assert initials(surface) == expected


@pytest.mark.parametrize(
    ("short", "full"),
    [
        (Seen("Haolu", "actor", NEAR), Seen("Deng Haolu", "actor", NEAR)),
        (Seen("FSC", "actor", FAR), Seen("Federal Spectrum Commission", "actor", NEAR)),
    ],
)
def test_a_short_name_means_the_one_that_it_fits(short: Seen, full: Seen) -> None:
    names = {seen.surface.lower(): seen for seen in (short, full)}
    assert short_for(names) == {short.surface.lower(): full.surface.lower()}


@pytest.mark.parametrize(
    ("short", "full"),
    [
        (Seen("Haolu", "actor", FAR), Seen("Deng Haolu", "actor", NEAR)),  # another one, elsewhere
        (Seen("Deng", "actor", NEAR), Seen("Deng Haolu", "actor", NEAR)),  # anybody's first name
        (Seen("Xu", "actor", NEAR), Seen("Deng Xu", "actor", NEAR)),  # too short to be sure
        (Seen("FSX", "actor", NEAR), Seen("Federal Spectrum Commission", "actor", NEAR)),
        (Seen("FAA", "actor", NEAR), Seen("Foreign Apps Act", "law", NEAR)),
    ],
)
def test_what_may_be_another_stays_its_own(short: Seen, full: Seen) -> None:
    assert short_for({seen.surface.lower(): seen for seen in (short, full)}) == {}


def test_a_short_name_that_fits_two_stays_its_own() -> None:
    surfaces = ("Haolu", "Deng Haolu", "Ada Haolu")
    assert short_for({s.lower(): Seen(s, "actor", NEAR) for s in surfaces}) == {}
