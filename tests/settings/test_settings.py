from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from techwatch.errors import InvalidFilesError
from techwatch.installation import shipped
from techwatch.settings import Settings, load
from techwatch.settings.reference import plain, reference, shown
from techwatch.settings.schema import leaves, variable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SECRET = "correct-horse"
USER = {"TECHWATCH_EMAIL__USERNAME": "desk"}

NO_NUMBER = (
    "F:2: fetching.timeout: input should be a valid number, unable to parse string as a number,"
    " not 'fast'"
)
BROKEN = """\
fetching:
  timeout: fast
  pr_host: 3
service:
  tick: 0
  stop_within: 90
matching:
  fuzy: true
  cutoff: 2
mails: {}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "techwatch.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def messages(
    path: Path, environment: Mapping[str, str] | None = None, options: Sequence[str] = ()
) -> list[str]:
    with pytest.raises(InvalidFilesError) as caught:
        load(path, environment or {}, options)
    return [str(problem).replace(str(path), "F") for problem in caught.value.problems]


def test_the_shipped_file_shows_every_setting_with_its_default() -> None:
    path = shipped("config") / "techwatch.yaml"
    assert path.read_text(encoding="utf-8") == reference(), (
        "run `techwatch config show --reference > config/techwatch.yaml`"
    )
    assert load(path, {}) == Settings()


def test_every_setting_has_a_sentence() -> None:
    for loc, leaf in leaves(Settings):
        assert leaf.description.endswith("."), loc


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path / "techwatch.yaml", {}) == Settings()


def test_environment_overrides_file_and_option_overrides_both(tmp_path: Path) -> None:
    path = written(tmp_path, "fetching:\n  timeout: 11\n  per_host: 3\n  concurrency: 7\n")
    environment = {"TECHWATCH_FETCHING__TIMEOUT": "12", "TECHWATCH_FETCHING__PER_HOST": "4"}
    found = load(path, environment, ["fetching.timeout=13"]).fetching
    assert (found.timeout, found.per_host, found.concurrency) == (13, 4, 7)


def test_no_is_norway(tmp_path: Path) -> None:
    path = written(tmp_path, "email:\n  sender_name: no\n")
    assert load(path, {}).email.sender_name == "no"


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, BROKEN)
    assert messages(path) == [
        NO_NUMBER,
        "F:3: fetching.pr_host: unknown key; did you mean 'per_host'?",
        "F:5: service.tick: input should be greater than or equal to 1, not 0",
        "F:6: service.stop_within: input should be less than or equal to 60, not 90",
        "F:8: matching.fuzy: unknown key; did you mean 'fuzzy'?",
        "F:9: matching.cutoff: input should be less than or equal to 1, not 2",
        "F:10: mails: unknown key; did you mean 'email'?",
    ]


def test_a_problem_names_the_variable_or_the_option(tmp_path: Path) -> None:
    environment = {
        "TECHWATCH_FETCHING__TIMEOUT": "fast",
        "TECHWATCH_FETCHING__TIMOUT": "3",
        "TECHWATCH_EMAIL__PASSWORD_FILE": str(tmp_path / "missing"),
    }
    found = messages(tmp_path / "none.yaml", environment, ["x=1", "service.tick=0", "nothing"])
    assert [message.split(":")[0] for message in found] == [
        "--set nothing",
        "--set service.tick",
        "--set x",
        "TECHWATCH_EMAIL__PASSWORD_FILE",
        "TECHWATCH_FETCHING__TIMEOUT",
        "TECHWATCH_FETCHING__TIMOUT",
    ]
    assert "did you mean TECHWATCH_FETCHING__TIMEOUT?" in found[-1]


def test_a_secret_comes_from_the_environment_or_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    for environment in (
        {"TECHWATCH_EMAIL__PASSWORD": SECRET},
        {"TECHWATCH_EMAIL__PASSWORD_FILE": str(tmp_path / "secret")},
    ):
        password = load(tmp_path / "none.yaml", environment | USER).email.password
        assert password is not None
        assert password.get_secret_value() == SECRET


def test_a_secret_in_the_file_is_refused_without_repeating_it(tmp_path: Path) -> None:
    path = written(tmp_path, f"email:\n  password: {SECRET}\n")
    [message] = messages(path, USER)
    assert message.startswith("F:2: email.password: is a secret")
    assert SECRET not in message


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    secrets = [variable(loc) for loc, leaf in leaves(Settings) if leaf.secret]
    assert len(secrets) == 8
    shaped = {name: f"desk=https://{SECRET}/hook" for name in secrets if name.endswith("URLS")}
    shaped["TECHWATCH_PING__URL"] = f"https://{SECRET}/hook"
    environment = dict.fromkeys(secrets, f"{SECRET}, and longer") | shaped
    settings = load(tmp_path / "none.yaml", environment | USER)
    for text in (repr(settings), str(settings), shown(settings), str(plain(settings))):
        assert SECRET not in text
    assert "(set, hidden)" in shown(settings)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("WEBHOOK__SECRET", SECRET, "at least 16"),
        ("WEBHOOK__URLS", f"https://{SECRET}/", "entry 1 can't be read; write it as NAME=ADDRESS"),
        ("WEBHOOK__URLS", f"a=https://x/{SECRET} a=https://y/", "entry 2 has the name 'a'"),
        ("WEBHOOK__URLS", f"a=slack://{SECRET}", "a is no address that begins with http"),
        ("APPRISE__URLS", f"Desk=slack://{SECRET}", "entry 1 can't be read"),
        ("APPRISE__URLS", "# nothing yet", "is empty"),
        ("PING__URL", f"ftp://{SECRET}", "is no address that begins with http"),
        ("PING__URLS", f"daily=slack://{SECRET}", "daily is no address that begins with http"),
    ],
)
def test_a_wrong_secret_is_told_without_repeating_it(
    name: str, value: str, message: str, tmp_path: Path
) -> None:
    [found] = messages(tmp_path / "none.yaml", {f"TECHWATCH_{name}": value})
    assert found.startswith(f"TECHWATCH_{name}:0: ")
    assert message in found
    assert SECRET not in found


def test_what_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    assert messages(written(tmp_path, "fetching:\n  timeout: [1\n"))[0].startswith("F:3: not YAML")
    path = written(tmp_path, "")
    path.write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in messages(path)[0]
    assert "should be a valid dictionary" in messages(written(tmp_path, "- 1\n"))[0]
    assert "a second time" in messages(written(tmp_path, "email: {}\nemail: {}\n"))[0]
