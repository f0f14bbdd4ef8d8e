"""The baseline at a real desk: browsed, changed, and used as it is now."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.web.conftest import Browser, browsing, with_own_baseline

from techwatch import installation
from techwatch.baseline import proposing as core
from techwatch.errors import EditError, InvalidFilesError
from techwatch.web.views import proposing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from techwatch.baseline.editing import Change
    from techwatch.errors import Problem
    from techwatch.watch import Watch

_HUAWEI = "/baseline/entities/huawei"


@pytest.fixture(scope="module")
def at_desk(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Watch:
    """techwatch with a baseline of its own; each test leaves it valid."""
    return with_own_baseline(news, tmp_path_factory.mktemp("baseline"))


@pytest.fixture(scope="module")
def browser(at_desk: Watch) -> Iterator[Browser]:
    """Somebody at that desk."""
    with browsing(at_desk) as client:
        yield client


def _entry(browser: Browser) -> dict[str, Any]:
    found: dict[str, Any] = browser.get(f"/api/v1{_HUAWEI}").json()
    return found


def _files(at_desk: Watch) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in at_desk.baseline_dir.rglob("*") if p.is_file()}


def test_a_change_is_looked_at_then_written_and_used_at_once(
    browser: Browser, at_desk: Watch
) -> None:
    before, entry = _files(at_desk), _entry(browser)
    text = entry["text"].replace(
        "  sector: networks", "  # a remark that stays\n  sector: networks"
    )
    text = text.replace("zh: [华为,", "zh: [华为, 华为新名,")
    looked = browser.submit(_HUAWEI, text=text.replace("\n", "\r\n"), state=entry["state"])
    assert "华为新名" in looked.text
    assert 'class="added"' in looked.text
    assert 'value="write"' in looked.text
    assert _files(at_desk) == before  # looking writes nothing
    written = browser.submit(_HUAWEI, text=text, state=entry["state"], do="write")
    assert written.status_code == 200
    assert written.url.params["written"] == "1"
    changed = {name for name, content in _files(at_desk).items() if before[name] != content}
    assert [name.rpartition("/")[2] for name in changed] == ["networks.yaml"]
    old, new = before[next(iter(changed))], _files(at_desk)[next(iter(changed))]
    lines = [line for line in new.splitlines() if line not in old.splitlines()]
    assert len(lines) == 2  # the remark, and the line of the names; all others as they were
    found = browser.get("/api/v1/entities", params={"q": "华为新名"}).json()
    assert [one["id"] for one in found["entities"]] == ["huawei"]
    assert not found["suggested"]


def test_all_problems_are_told_with_their_lines_and_nothing_is_written(
    browser: Browser, at_desk: Watch
) -> None:
    before, entry = _files(at_desk), _entry(browser)
    text = entry["text"].replace("kind: actor", "kind: nobody").replace("names:", "nmaes:")
    sent = {"text": text, "state": entry["state"]}
    token = browser.csrf()
    origin = {"Origin": str(browser.base_url).rstrip("/"), "X-CSRF-Token": token}
    looked = browser.post(f"/api/v1{_HUAWEI}/proposal", json=sent, headers=origin).json()
    told = {p["in_entry"]: p["message"] for p in looked["problems"]}
    lines = text.splitlines()
    assert told[lines.index("  kind: nobody") + 1].startswith("kind:")
    assert told[lines.index("  nmaes:") + 1] == "nmaes: unknown key; did you mean 'names'?"
    refused = browser.put(f"/api/v1{_HUAWEI}", json=sent, headers=origin)
    assert refused.status_code == 422
    assert len(refused.json()["problems"]) == len(looked["problems"])
    page = browser.submit(_HUAWEI, **sent, do="write")
    assert page.status_code == 422
    assert "nmaes" in page.text
    assert _files(at_desk) == before


def test_a_change_made_from_an_earlier_state_is_refused(browser: Browser, at_desk: Watch) -> None:
    entry = _entry(browser)
    path = at_desk.baseline_dir / "actors" / "networks.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# from elsewhere\n", encoding="utf-8")
    text = entry["text"].replace("sector: networks", "sector: devices")
    answer = browser.submit(_HUAWEI, text=text, state=entry["state"], do="write")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert "sector: devices" not in path.read_text(encoding="utf-8").split("- id: zte")[0]


def test_the_verdicts_that_a_change_moves_are_told(browser: Browser) -> None:
    entry = _entry(browser)
    text = entry["text"].replace("Huawei,", "Hooawei,", 1).replace("name: Huawei", "name: Hooawei")
    text = text.replace("华为, ", "", 1)
    answer = browser.submit(_HUAWEI, text=text, state=entry["state"], do="verdicts")
    assert "−huawei" in answer.text


def test_a_fact_comes_into_the_entry(browser: Browser) -> None:
    answer = browser.post(
        f"{_HUAWEI}/fact",
        data={
            "csrf": browser.csrf(),
            "sentence": "It said\r\n <so>.",
            "source": "nupi-2021",
            "date": "2021",
        },
        headers={"Origin": str(browser.base_url).rstrip("/")},
    )
    assert answer.status_code == 200
    assert 'class="added">+    - text: It said &lt;so&gt;.' in answer.text


def test_a_fact_comes_into_the_entry_as_it_was_edited_so_far(browser: Browser) -> None:
    entry = _entry(browser)
    edited = entry["text"].replace("sector: networks", "sector: devices")
    fact = {"sentence": "It said so.", "source": "nupi-2021", "date": "2021"}
    sent = {"text": edited, "state": entry["state"]}
    added = browser.submit(f"{_HUAWEI}/fact", **sent, **fact)
    assert 'class="added">+  sector: devices' in added.text
    assert 'class="added">+    - text: It said so.' in added.text
    refused = browser.submit(f"{_HUAWEI}/fact", **sent, **fact | {"date": ""})
    assert refused.status_code == 422
    assert "needs a sentence and a date" in refused.text
    assert 'class="added">+  sector: devices' in refused.text  # nothing typed is lost


def test_what_an_editor_writes_while_a_change_is_looked_at_is_not_lost(
    at_desk: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, looked = at_desk.baseline_dir / "actors" / "networks.yaml", core.problems
    before = core.entry(at_desk.baseline_dir, "huawei")

    def slow(directory: Path, change: Change) -> tuple[Problem, ...]:
        path.write_text(path.read_text(encoding="utf-8") + "# meanwhile\n", encoding="utf-8")
        return looked(directory, change)

    monkeypatch.setattr(core, "problems", slow)
    text = before.text.replace("sector: networks", "sector: devices")
    with pytest.raises(EditError, match="meanwhile"):
        core.write(at_desk.baseline_dir, "huawei", text, before.state)
    assert path.read_text(encoding="utf-8").endswith("# meanwhile\n")
    assert "sector: devices" not in path.read_text(encoding="utf-8").split("- id: zte")[0]


def test_a_change_is_not_lost_where_verdicts_cant_be_compared_now(browser: Browser) -> None:
    entry = _entry(browser)
    text = entry["text"].replace("sector: networks", "sector: devices")
    with proposing._comparing:  # somebody else compares
        answer = browser.submit(_HUAWEI, text=text, state=entry["state"], do="verdicts")
    assert answer.status_code == 409
    assert "another change is being compared" in answer.text
    assert "sector: devices" in answer.text


@pytest.mark.parametrize("broken", [b"\n- id: [\n", b"\n- id: [huawei]\n", b"\n# \xff\n"])
def test_an_entry_in_a_file_that_cant_be_read_is_told_so(at_desk: Watch, broken: bytes) -> None:
    path = at_desk.baseline_dir / "actors" / "networks.yaml"
    well = path.read_bytes()
    path.write_bytes(well + broken)
    try:
        if broken.endswith(b"[huawei]\n"):  # YAML, though nothing that the schema knows
            assert core.entry(at_desk.baseline_dir, "huawei").path == path
        else:
            with pytest.raises(EditError, match=r"networks\.yaml"):
                core.entry(at_desk.baseline_dir, "huawei")
        assert core.entry(at_desk.baseline_dir, "tiktok").path != path
    finally:
        path.write_bytes(well)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- id: zte\n  kind: actor\n", "with the id 'huawei'"),
        ("- id: huawei\n- id: other\n", "one entry"),
        ("not a list", "one entry"),
        ("- id: huawei\n  a: &x [1]\n  b: *x\n", "write it out"),
        ("- id: huawei\n  a: " + "[" * 60_000, "deeper"),
        ("- id: huawei\n  a: [1\n", "not YAML"),
        ("- id: huawei\n\tkind: actor\n", "a tab"),
        ("- id: huawei\n  a: x\u2028y\n", "can't be seen"),
        ("---\n- id: huawei\n---\n- id: b\n", "not YAML"),
        ("- id: huawei\n" + "#" * 100_001, "longer"),
    ],
)
def test_hostile_entries_are_refused_with_reasons(at_desk: Watch, text: str, told: str) -> None:
    with pytest.raises(InvalidFilesError, match=told):
        core.changed(at_desk.baseline_dir, "huawei", text)


def test_nothing_outside_the_baseline_is_reached(browser: Browser) -> None:
    for way in ("..%2f..%2fetc%2fpasswd", "%2e%2e/sources", "sources", "huawei%00"):
        assert browser.get(f"/api/v1/baseline/entities/{way}").status_code == 404, way


def test_a_broken_file_leaves_the_desk_with_the_baseline_before(
    browser: Browser, at_desk: Watch
) -> None:
    path = at_desk.baseline_dir / "actors" / "people.yaml"
    well = path.read_text(encoding="utf-8")
    path.write_text(well + "- id: [\n", encoding="utf-8")
    try:
        _until(browser, lambda problems: any("people.yaml" in p for p in problems))
        assert browser.get("/entities/huawei").status_code == 200
        assert "people.yaml" in browser.get("/baseline").text
    finally:
        path.write_text(well, encoding="utf-8")
    _until(browser, lambda problems: not problems)


def _until(browser: Browser, said: Callable[[list[str]], bool]) -> None:
    """Wait until the desk has looked at its files, which it does every few seconds."""
    until = time.monotonic() + 60
    while not said(browser.get("/api/v1/baseline").json()["problems"]):
        assert time.monotonic() < until, "the desk did not look at its files"
        time.sleep(0.3)


def test_what_the_baseline_holds_is_shown(browser: Browser, at_desk: Watch) -> None:
    shown = browser.get("/api/v1/baseline").json()
    page = browser.get("/baseline").text
    assert all(track["label"] in page for track in shown["tracks"])
    assert {t["id"] for t in shown["tracks"]} == set(at_desk.baseline.tracks)
    assert sum(kind["entities"] for kind in shown["kinds"]) == len(at_desk.baseline.entities)
    for language in at_desk.baseline.vocabularies:
        words = browser.get(f"/api/v1/baseline/vocabulary/{language}").json()
        assert words["triggers"]
        assert browser.get(f"/baseline/vocabulary/{language}").status_code == 200
    assert browser.get("/baseline/vocabulary/xx").status_code == 404
    sources = browser.get("/api/v1/baseline/sources").json()["sources"]
    assert {one["id"] for one in sources} <= set(at_desk.baseline.sources)
    assert sources[0]["id"] in browser.get("/baseline/sources").text


def test_a_source_is_added_and_facts_are_taken_of_it(browser: Browser, at_desk: Watch) -> None:
    path = at_desk.baseline_dir / "sources.yaml"
    before = path.read_text(encoding="utf-8")
    fields = {
        "id": "nupi-2026", "title": 'On "chips"\r\n: <again>', "publisher": "NUPI",
        "date": "2026-01", "link": "https://nupi.example/x", "kind": "article",
    }  # fmt: skip
    looked = browser.submit("/baseline/sources", **fields)
    assert "+- id: nupi-2026" in looked.text
    assert "&lt;again&gt;" in looked.text
    assert path.read_text(encoding="utf-8") == before
    for wrong in ({"id": "nupi-2021"}, {"link": "javascript:alert(1)"}):
        refused = browser.submit("/baseline/sources?do=write", **fields | wrong)
        assert refused.status_code == 422
        assert 'value="NUPI"' in refused.text
    assert path.read_text(encoding="utf-8") == before
    written = browser.submit("/baseline/sources?do=write", **fields)
    assert written.url.params["written"] == "nupi-2026"
    assert "facts can be taken of it now" in written.text
    assert path.read_text(encoding="utf-8").startswith(before)
    fact = {"sentence": "It said so.", "source": "nupi-2026", "date": "2026-01"}
    entry = _entry(browser)
    added = browser.submit(f"{_HUAWEI}/fact", text=entry["text"], state=entry["state"], **fact)
    assert "The baseline would be well with it" in added.text


def test_where_nothing_can_be_written_the_page_says_so(
    browser: Browser, at_desk: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests may run as root, who may write everywhere but not in what came with techwatch.
    before, entry = _files(at_desk), _entry(browser)
    monkeypatch.setattr(installation, "_PACKAGE", at_desk.baseline_dir.parent)
    assert not browser.get("/api/v1/baseline").json()["folder"]["writable"]
    text = entry["text"].replace("sector: networks", "sector: devices")
    looked = browser.submit(_HUAWEI, text=text, state=entry["state"])
    assert "be edited here" in looked.text
    assert 'value="write"' not in looked.text
    diff = browser.submit(_HUAWEI, text=text, state=entry["state"], do="download")
    assert diff.headers["content-disposition"] == 'attachment; filename="huawei.diff"'
    assert "\n+  sector: devices\n" in diff.text
    refused = browser.submit(_HUAWEI, text=text, state=entry["state"], do="write")
    assert refused.status_code == 409
    assert _files(at_desk) == before


def test_a_folder_that_is_not_there_to_be_written_is_told() -> None:
    why = core.refusal(Path("/proc/self"))
    assert why is not None
    assert "can't be written" in why
