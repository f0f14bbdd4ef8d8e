"""Reasons told in Norwegian, and labels of the baseline in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from techwatch.assessment import verdict
from techwatch.baseline.loading import load
from techwatch.digests.reasons import CONCLUSIONS, reason
from techwatch.installation import shipped
from techwatch.labels import event_label, event_sentence, rung_labels, track_label
from techwatch.model import (
    Amount,
    Assessment,
    Baseline,
    Direction,
    Event,
    Field,
    Mode,
    Standing,
    Verdict,
)

FINED = Event(
    event_type="fined",
    track="coercion",
    rung="fined",
    direction=Direction.UP,
    mode=Mode.DECIDED,
    entity_ids=("huawei",),
    jurisdiction="us",
    field=Field.TITLE,
    start=0,
    end=5,
    surface="fined",
    amounts=(Amount(2.8e9, "USD"),),
)
WARNED = Standing("huawei", "coercion", "warned", "us", "2020-09", "It was warned.", "s1")


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return load(shipped("baseline"))


def told(said: str, event: Event | None = FINED, before: Standing | None = None) -> Assessment:
    return Assessment(Verdict.ESCALATING, 0.5, said, event=event, before=before)


@pytest.mark.parametrize(
    ("assessment", "norwegian"),
    [
        (
            told("… A step further up.", before=WARNED),
            (
                "Huawei: bøtelagt, 2,8 milliarder USD (USA). "
                "Til nå: advart (USA, september 2020). Et trinn videre opp."
            ),
        ),
        (
            told("… The step is not taken yet.", replace(FINED, mode=Mode.POSSIBLE, amounts=())),
            "Huawei: bøtelagt (USA, omtalt som mulig). Trinnet er ikke tatt ennå.",
        ),
        (
            told(
                "… No such step is on record.",
                replace(FINED, entity_ids=(), jurisdiction=None, amounts=()),
            ),
            "Et tiltak utenfor grunnlaget: bøtelagt. Det er ikke kjent noe slikt trinn fra før.",
        ),
        (told("News of Chinese technology.", None), "Nytt om kinesisk teknologi."),
    ],
)
def test_a_reason_is_told_in_norwegian(
    assessment: Assessment, norwegian: str, baseline: Baseline
) -> None:
    assert reason(assessment, baseline, "nb") == (norwegian, "nb")
    assert reason(assessment, baseline, "en") == (assessment.reason, "en")


def test_what_cannot_be_told_in_norwegian_stays_english(baseline: Baseline) -> None:
    for assessment in (
        told("… Somebody said otherwise."),
        told("… A step back.", replace(FINED, event_type="gone_from_the_baseline")),
        told("Too little ties it to Chinese technology policy.", None),
    ):
        assert reason(assessment, baseline, "nb") == (assessment.reason, "en")


def test_every_end_of_a_reason_is_known() -> None:
    """A new sentence of the assessment must get its Norwegian one."""
    ends = {
        *(one for one in verdict._MOVES.values() if one),
        "The text comments on it or looks back.",
        "The step is not taken yet.",
        "The baseline does not record it.",
    }
    assert ends == set(CONCLUSIONS)


def test_the_shipped_baseline_has_norwegian_for_all_that_has_a_label(baseline: Baseline) -> None:
    for track in baseline.tracks.values():
        assert track_label(track, "nb") == track.label_nb
        assert len(rung_labels(track, "nb")) == len(track.rungs) == len(track.rung_labels_nb)
    for kind in baseline.event_types.values():
        assert event_label(kind, "nb") == kind.label_nb
        assert event_sentence(kind, "nb") == kind.sentence_nb


def test_what_has_no_norwegian_label_is_called_as_in_english(baseline: Baseline) -> None:
    plain = replace(baseline.tracks["coercion"], label_nb=None, rung_labels_nb=())
    assert track_label(plain, "nb") == "Coercion of an actor"
    assert rung_labels(plain, "nb") == plain.rung_labels
