"""The units for systemd: what it makes of them, as far as a machine without it running can tell."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from techwatch.settings import Settings, load

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "packaging" / "systemd"
UNITS = ("techwatch.service", "techwatch-worker@.service", "techwatch-desk.service")
MOST_EXPOSED = 2.0  # of 10, as `systemd-analyze security` counts


class _Unit(dict[str, list[str]]):
    """The settings of a unit's section [Service]: name and values, in order."""

    @classmethod
    def read(cls, name: str) -> _Unit:
        unit, section = cls(), ""
        for line in (FOLDER / name).read_text("utf-8").splitlines():
            if line.startswith("["):
                section = line
            elif section == "[Service]" and "=" in line and not line.startswith("#"):
                key, _, value = line.partition("=")
                unit.setdefault(key, []).append(value)
        return unit

    def environment(self) -> dict[str, str]:
        pairs = [pair for line in self["Environment"] for pair in line.split()]
        return dict(pair.split("=", 1) for pair in pairs)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = shutil.which("systemd-analyze")
    if command is None:
        pytest.skip("systemd-analyze is missing: sudo apt-get install systemd")
    return subprocess.run([command, *arguments], capture_output=True, text=True, check=False)


def with_a_program(unit: str, folder: Path) -> str:
    """Copy a unit, its program one that is there: systemd looks."""
    there = shutil.which("true")
    text = (FOLDER / unit).read_text("utf-8").replace("/opt/techwatch/bin/techwatch", f"{there}")
    (folder / unit).write_text(text, "utf-8")
    return str(folder / unit)


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong(name: str, tmp_path: Path) -> None:
    path = with_a_program(name, tmp_path)
    done = analyze("verify", "--man=no", "--recursive-errors=no", path)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_systemd_would_find_a_wrong_name(tmp_path: Path) -> None:
    path = Path(with_a_program(UNITS[0], tmp_path))
    path.write_text(path.read_text("utf-8").replace("ProtectClock", "ProtectClocks"), "utf-8")
    assert "ProtectClocks" in analyze("verify", "--man=no", str(path)).stderr


@pytest.mark.parametrize("name", UNITS)
def test_systemd_calls_it_little_exposed(name: str, tmp_path: Path) -> None:
    path = with_a_program(name, tmp_path)
    threshold = f"--threshold={MOST_EXPOSED * 10:.0f}"
    done = analyze("security", "--offline=true", "--no-pager", threshold, path)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr


@pytest.mark.parametrize("name", UNITS)
def test_techwatch_accepts_the_environment_it_is_given(name: str, tmp_path: Path) -> None:
    environment = _Unit.read(name).environment()
    secret = tmp_path / "database_url"
    secret.write_text("postgresql+psycopg://techwatch:word@localhost/techwatch", "utf-8")
    if "TECHWATCH_DATABASE_URL_FILE" in environment:
        environment["TECHWATCH_DATABASE_URL_FILE"] = str(secret)
    settings = load(tmp_path / "techwatch.yaml", environment)
    assert settings.data_dir == Path("/var/lib/techwatch")
    assert bool(settings.database_url) == name.startswith("techwatch-worker")


def test_all_are_confined_alike() -> None:
    apart = {"ExecStart", "Environment", "LoadCredential"}
    first, *others = (
        {key: value for key, value in _Unit.read(name).items() if key not in apart}
        for name in UNITS
    )
    assert [other == first for other in others] == [True] * 2


@pytest.mark.parametrize("name", UNITS)
def test_it_has_the_time_it_takes_to_stop_and_is_started_again(name: str) -> None:
    unit = _Unit.read(name)
    assert Settings().service.stop_within < int(unit["TimeoutStopSec"][0])
    assert unit["Restart"] == ["always"]
    assert unit["RestartPreventExitStatus"] == ["2"]  # a mistake in a file


def test_folders_and_user_are_those_of_the_units() -> None:
    user = (FOLDER / "techwatch.sysusers").read_text("utf-8").splitlines()[-1].split()
    assert user[:2] == ["u", _Unit.read(UNITS[0])["User"][0]]
    made = (FOLDER / "techwatch.tmpfiles").read_text("utf-8")
    secrets = _Unit.read(UNITS[1])["LoadCredential"][0].partition(":")[2]
    assert f"d {Path(secrets).parent} 0700 root root" in made


def test_systemd_makes_user_and_folders(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give a folder to another user")
    for needed in ("systemd-sysusers", "systemd-tmpfiles"):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is missing: sudo apt-get install systemd")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n", "utf-8")
    (tmp_path / "etc" / "group").write_text("root:x:0:\n", "utf-8")
    for program, suffix in (("systemd-sysusers", "sysusers"), ("systemd-tmpfiles", "tmpfiles")):
        extra = ["--create"] if suffix == "tmpfiles" else []
        command = [program, f"--root={tmp_path}", *extra, str(FOLDER / f"techwatch.{suffix}")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "\ntechwatch:" in (tmp_path / "etc" / "passwd").read_text("utf-8")
    assert (tmp_path / "etc" / "techwatch" / "secrets").stat().st_mode & 0o777 == 0o700
