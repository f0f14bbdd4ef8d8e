"""What a user installs: the wheel runs outside the checkout, and the pins are whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `pip install .` builds it, unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def environment(installed: Path, tmp_path: Path) -> dict[str, str]:
    """What a user's shell has, and where the wheel was unpacked."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TECHWATCH_")}
    return kept | {"PYTHONPATH": str(installed), "HOME": str(tmp_path)}


def run(installed: Path, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "techwatch", *arguments],
        cwd=tmp_path,
        env=environment(installed, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_installed_techwatch_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    shown = run(installed, tmp_path, "config", "show")
    assert f"# baseline: {installed / 'techwatch' / '_data' / 'baseline'}" in shown.stdout
    checked = run(installed, tmp_path, "config", "check")
    assert checked.returncode == 0, checked.stderr
    demo = run(installed, tmp_path, "demo", "--keep", str(tmp_path / "demo"))
    assert demo.returncode == 0, demo.stderr
    assert (tmp_path / "demo/digests/daily/latest.html").is_file()


def test_an_installed_desk_has_its_pages_translations_and_styles(
    installed: Path, tmp_path: Path
) -> None:
    place = ["--set", f"data_dir={tmp_path}", "--set", "web.port=0", "--set", "web.login=none"]
    with subprocess.Popen(
        [sys.executable, "-m", "techwatch", *place, "web"],
        cwd=tmp_path,
        env=environment(installed, tmp_path),
        stderr=subprocess.PIPE,
        text=True,
    ) as desk:
        assert desk.stderr
        told = next(line for line in desk.stderr if "the desk is open at" in line)
        at = told.split()[-1]
        with httpx.Client(base_url=at, follow_redirects=True, timeout=60) as browser:
            page = browser.get("/login", headers={"Accept-Language": "nb"}).text
            assert 'lang="nb"' in page
            assert "I dag" in page
            for path in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)):
                assert browser.get(path).status_code == 200, path
        desk.terminate()
        assert desk.wait(30) == 0


def test_the_shipped_list_of_feeds_is_not_edited_in_place(installed: Path, tmp_path: Path) -> None:
    url = "https://example.org/feed"
    refused = run(installed, tmp_path, "feeds", "add", url, "--unchecked")
    assert refused.returncode == 1
    assert "techwatch config init" in refused.stderr
    assert run(installed, tmp_path, "config", "init").returncode == 0
    added = run(installed, tmp_path, "feeds", "add", url, "--unchecked")
    assert added.returncode == 0, added.stderr


def test_the_package_is_typed(installed: Path) -> None:
    assert (installed / "techwatch" / "py.typed").is_file()


@pytest.mark.parametrize("name", ["runtime", "build", "dev"])
def test_requirements_are_pinned_and_hashed_without_addresses(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^([a-z0-9._-]+)(\S*)", text, re.MULTILINE)
    assert len(pins) > 2
    for pin in re.split(r"\n(?=\S)", text.strip()):
        if not pin.startswith("#"):
            assert re.match(r"[a-z0-9._-]+==[\w.+!-]+", pin), pin
            assert "--hash=sha256:" in pin, pin


def test_every_dependency_is_pinned_and_explained() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [block] = re.findall(r"^dependencies = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    names = re.findall(r'"([a-z0-9-]+)', block)
    assert len(names) > 10
    pins = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    explained = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in names:
        assert re.search(rf"^{name}==", pins, re.MULTILINE), f"`make lock`: {name} is not pinned"
        assert re.search(rf"^\| .*\b{name}\b.* \|", explained, re.MULTILINE), name
