from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from techwatch.digests.editions import Known, load
from techwatch.errors import InvalidFilesError
from techwatch.model import AlertRule, Edition, Filter, QuietHours, Verdict

FILES = Path(__file__).parent / "editions"
SHIPPED = Path(__file__).parents[2] / "config" / "digests.yaml"


def problems(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(InvalidFilesError) as caught:
        load(path)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_editions_are_read_with_their_defaults() -> None:
    daily, desk = load(FILES / "good.yaml")
    assert daily == Edition("daily", "Daily", "0 7 * * *", "UTC", ("folder",))
    assert desk == Edition(
        id="desk",
        title="Desk",
        schedule="30 8 * * 1-5",
        zone="Asia/Shanghai",
        channels=("folder", "email"),
        recipients=("desk@example.org", "adviser@example.org"),
        filter=Filter(verdicts=(Verdict.ESCALATING,), minimum_score=0.4),
        most=10,
        when_empty="skip",
        language="nb",
    )


EXPECTED = [
    (4, "editions.0.schedule: '0 7 * *' is no schedule; write 'daily 07:00'"),
    (5, "editions.0.zone: unknown time zone; did you mean 'Europe/Oslo'?"),
    (6, "editions.1.id: 'daily' stands in line 2 already"),
    (8, "editions.1.schedule: '0 7 1 * mon' names a day of the month and a weekday"),
    (9, "editions.1.channels.1: input should be 'folder', 'email', 'webhook', 'apprise' or"),
    (10, "editions.1.filter.verdicts.1: input should be 'novel', 'escalating' or 'easing'"),
    (11, "editions.2.id: string should match pattern"),
    (13, "editions.2.schedule: '0 7 31 2 *' never comes"),
    (14, "editions.2.recipients: the channel email needs at least one address"),
    (19, "editions.3.recipients: no mail address: 'Adviser <adviser@example.org>', 'a@exam"),
    (23, "editions.3.recipient: unknown key; did you mean 'recipients'?"),
    (24, "editions.3.most: input should be greater than or equal to 1, not 0"),
    (25, "editions.3.language: input should be 'en' or 'nb', not 'de'"),
]


def test_every_problem_is_told_at_once_with_its_line() -> None:
    found = problems(FILES / "bad.yaml")
    assert len(found) == len(EXPECTED)
    for (line, message), (expected_line, start) in zip(found, EXPECTED, strict=True):
        assert line == expected_line
        assert message.startswith(start)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "editions: is missing"),
        ("editions: daily", "editions: input should be a valid tuple, not 'daily'"),
        ("editions: [1]", "editions.0: input should be a valid dictionary"),
        ("- a\n- b", "input should be a valid dictionary"),
        ("editions:\n  - {id: a, title: A, schedule: 5}", "editions.0.schedule: input should be a"),
        ("editions:\n  - {id: a, id: b}", "key 'id' stands here a second time"),
        ("editions:\n  - channels: 3\n    title: A", "editions.0.channels: input should be a"),
    ],
)
def test_files_of_another_shape(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "digests.yaml"
    path.write_text(text, encoding="utf-8")
    assert any(found.startswith(message) for _, found in problems(path)), problems(path)


def test_filters_that_name_nobody_are_problems_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "digests.yaml"
    path.write_text(
        """editions:
  - id: a
    title: A
    schedule: daily 07:00
    filter:
      entities: [huawei, tiktokk]
      tracks: [coercion]
      sectors: [farming]
      jurisdictions: [USA!]
      feeds:
        - Harbour
        - Harbor
""",
        encoding="utf-8",
    )
    known = Known(["huawei", "tiktok"], ["platforms"], ["coercion"], ["Harbour"], [])
    with pytest.raises(InvalidFilesError) as caught:
        load(path, known)
    assert [(p.line, p.message) for p in caught.value.problems if p.line != 9] == [
        (6, "editions.0.filter.entities.1: nothing is called 'tiktokk'; did you mean 'tiktok'?"),
        (8, "editions.0.filter.sectors.0: nothing is called 'farming'"),
        (12, "editions.0.filter.feeds.1: nothing is called 'Harbor'; did you mean 'Harbour'?"),
    ]
    [malformed] = [p.message for p in caught.value.problems if p.line == 9]
    assert malformed.startswith("editions.0.filter.jurisdictions.0: string should match pattern")


def test_an_alert_has_no_schedule_and_its_quiet_hours_are_read(tmp_path: Path) -> None:
    path = tmp_path / "digests.yaml"
    path.write_text("editions: [{id: a, title: A, alert: {quiet: 22:00-06:30}}]", "utf-8")
    [edition] = load(path)
    assert edition.alert == AlertRule(4, QuietHours(time(22), time(6, 30)))
    path.write_text("editions: [{id: a, title: A, alert: {quiet: 22-7}, schedule: daily 07:00}]")
    assert {message for _, message in problems(path)} == {
        "editions.0: has a schedule and alert; an alert goes out at once, "  # noqa: ISC004
        "so leave the schedule out",
        "editions.0.alert.quiet: is no span of hours; write for example 22:00-07:00, not '22-7'",
    }
    path.write_text("editions: [{id: a, title: A}]")
    assert problems(path) == [
        (1, "editions.0: schedule is missing; write for example schedule: daily 07:00")
    ]


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.yaml") == [(0, "can't be read: No such file or directory")]


def test_the_file_that_ships_has_one_daily_edition_that_needs_no_set_up() -> None:
    (daily,) = load(SHIPPED)
    assert (daily.schedule, daily.zone, daily.channels) == (
        "daily 07:00",
        "Europe/Oslo",
        ("folder",),
    )


def test_the_commented_examples_of_the_file_that_ships_are_right(tmp_path: Path) -> None:
    examples = []
    for line in SHIPPED.read_text(encoding="utf-8").partition("editions:")[2].splitlines():
        text = line.strip().removeprefix("# ")
        if text.startswith(("- id:", "  ")) and line.startswith("  #"):
            examples.append(f"  {text}")
    path = tmp_path / "digests.yaml"
    path.write_text("editions:\n" + "\n".join(examples), encoding="utf-8")
    assert [edition.id for edition in load(path)] == ["desk", "alerts", "laws"]
