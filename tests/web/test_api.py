"""The API as a whole: what its document says holds, and people find it described at the desk."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import structlog
from pydantic import TypeAdapter
from tests.web.conftest import Browser, opened, serving
from tests.web.test_addresses import _routes

from techwatch import checking
from techwatch.cli import output
from techwatch.cli.check import _record
from techwatch.search.parsing import parse
from techwatch.web.application import application
from techwatch.web.describing import name_of
from techwatch.web.views import entity_list
from techwatch.web.views import feeds as feeds_view
from techwatch.web.views import search as search_view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.watch import Watch

API = "/api/v1"
READ_AT_ONCE = {"401", "403", "422", "429", "503"}


@pytest.fixture(scope="module")
def watch(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Watch:
    folder = tmp_path_factory.mktemp("api") / "desk"
    return opened(news, folder, {"login": "none", "a_minute": 1_000_000})


@pytest.fixture(scope="module")
def browser(watch: Watch) -> Iterator[Browser]:
    with serving(watch) as at, Browser(base_url=at, follow_redirects=True, timeout=60) as client:
        client.get("/login")
        yield client


@pytest.fixture(scope="module")
def document(browser: Browser) -> dict[str, Any]:
    found: dict[str, Any] = browser.get(f"{API}/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


# What each page shows or does, and what gives the same to programs. None: it is of a browser only.
PAGES = {
    "GET /": "developments_developments developments_choices developments_coverage"
    " developments_bursts",
    "POST /seen": "developments_look",
    "GET /stories/{story_id}": "stories_story",
    "GET /entities": "entities_entities",
    "GET /entities/{entity_id}": "entities_entity entities_developments",
    "GET /check": "check_check",
    "POST /check": "check_check",
    "GET /search": "search_search",
    "GET /feeds": "feeds_feeds",
    "GET /feeds.opml": "feeds_export",
    "POST /feeds/look": "feeds_look_at",
    "POST /feeds/add": "feeds_add",
    "POST /feeds/change": "feeds_pause feeds_remove",
    "POST /feeds/import": "feeds_import",
    "GET /emerging": "emerging_emerging emerging_dismissed",
    "GET /emerging/name": "emerging_name",
    "POST /emerging/dismiss": "emerging_dismiss",
    "GET /emerging/draft": "emerging_draft",
    "POST /emerging/draft": "emerging_write",
    "GET /digests": "digests_digests",
    "GET /digests/{edition}/{slot}": "digests_digest",
    "GET /digests/{edition}/{slot}/html": "digests_digest",
    "GET /digests/{edition}/{slot}/text": "digests_digest",
    "POST /digests/{edition}/{slot}": "digests_resolve",
    "GET /baseline": "baseline_baseline",
    "GET /baseline/sources": "baseline_sources",
    "POST /baseline/sources": "baseline_look_at_source baseline_add_source",
    "GET /baseline/vocabulary/{language}": "baseline_vocabulary",
    "GET /baseline/entities/{entity_id}": "baseline_entry",
    "POST /baseline/entities/{entity_id}": "baseline_propose baseline_write",
    "POST /baseline/entities/{entity_id}/fact": "baseline_add_fact",
    "GET /status": "status_status",
    "GET /judgements": "judged_judged",
    "GET /judgements/of/{item_id}": "judged_sayable judged_judged",
    "POST /judgements": "judged_say",
    "POST /judgements/{number}/undo": "judged_undo",
    "GET /teaching": "judged_teaching",
    "GET /teaching/cases.{form}": "judged_cases",
    "GET /filters": "filters_filters",
    "POST /filters": "filters_save",
    "POST /filters/{filter_id}/name": "filters_rename",
    "POST /filters/{filter_id}/key": "filters_renew_key",
    "POST /filters/{filter_id}/delete": "filters_delete",
    "GET /filters/{filter_id}/edition": "filters_edition",
    "POST /filters/{filter_id}/edition": "filters_edition",
    "GET /filters/{filter_id}/hooks": "hooks_hooks",
    "POST /filters/{filter_id}/hooks": "hooks_add",
    "POST /filters/{filter_id}/hooks/{hook_id}/pause": "hooks_change",
    "POST /filters/{filter_id}/hooks/{hook_id}/delete": "hooks_delete",
    "POST /filters/{filter_id}/hooks/{hook_id}/test": "hooks_try_out",
    "GET /account": "account_account account_tokens",
    "POST /account/password": "account_change_password",
    "POST /account/language": "account_speak",
    "POST /account/logins/{handle}/end": "account_end_login",
    "POST /account/tokens": "account_make_token",
    "POST /account/tokens/{token_id}/revoke": "account_revoke",
    "GET /people": "people_people",
    "POST /people/invite": "people_invite",
    "POST /people/links/{invitation_id}/withdraw": "people_withdraw",
    "POST /people/{account_id}/role": "people_change",
    "POST /people/{account_id}/disable": "people_change",
    "POST /people/{account_id}/enable": "people_change",
    "POST /people/{account_id}/end-logins": "people_end_logins",
    "POST /people/{account_id}/reset": "people_reset",
    "GET /audit": "audit_audit",
    "GET /api": None,  # it shows the document
    "GET /feeds-out/{key}.{form}": None,  # for programs itself
    "GET /login": None, "POST /login": None, "POST /logout": None, "POST /looks": None,
    "GET /invitation/{key}": None, "POST /invitation/{key}": None,
    "GET /login/provider": None, "GET /login/provider/back": None,
    "POST /login/provider/tie": None,  # a browser goes there
    "POST /account/provider/untie": "account_untie",
    "GET /healthz": None, "HEAD /healthz": None, "GET /readyz": None, "HEAD /readyz": None,
}  # fmt: skip


def test_what_pages_show_and_do_is_in_the_api(watch: Watch, document: dict[str, Any]) -> None:
    """A new page, or form, must say here what gives the same to programs."""
    app = application(watch, "http://127.0.0.1:1")
    shown = {
        f"{method} {path}"
        for path, route in _routes(app, "")
        if not path.startswith("/api/")
        for method in route.methods or ()
    }
    assert shown == set(PAGES)
    known = {of["operationId"] for _, _, of in operations(document)}
    assert {name for names in PAGES.values() for name in (names or "").split()} <= known
    said = {name for names in PAGES.values() for name in (names or "").split()}
    assert known - said == {"judged_one"}, "what is in the API alone"


def test_every_address_says_what_it_does_takes_and_fails_with(document: dict[str, Any]) -> None:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    tags = {tag["name"] for tag in document["tags"]}
    names = []
    for path, method, of in operations(document):
        where = (method, path)
        names.append(of["operationId"])
        assert set(of["tags"]) <= tags, where
        assert of["security"] == [{"token": []}], where
        assert of["x-scope"] or method != "get", where
        assert all(one["description"] for one in of.get("parameters", ())), where
        errors = {status for status in of["responses"] if status >= "400"}
        wanted = READ_AT_ONCE | ({"409", "413"} if method != "get" else set())
        assert errors >= wanted | ({"404"} if "{" in path else set()), where
        for status in errors:
            content = of["responses"][status]["content"]
            assert content == {"application/problem+json": problem}, where
        assert "Retry-After" in of["responses"]["429"]["headers"], where
        assert ("304" in of["responses"]) == (method == "get"), where
    assert len(names) == len(set(names)) > 60
    assert "$ref" not in json.dumps(document["components"]["schemas"]["Problem"])


def test_the_examples_are_of_the_form_that_is_asked_for(
    watch: Watch, document: dict[str, Any]
) -> None:
    app = application(watch, "http://127.0.0.1:1")
    forms: dict[str, Any] = {
        name_of(route): route.dependant.body_params[0].field_info.annotation
        for _, route in _routes(app, "")
        if route.dependant.body_params
    }
    shown = 0
    for path, method, of in operations(document):
        content = of.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            assert "example" in content["application/json"], (method, path)
            example = content["application/json"]["example"]
            TypeAdapter(forms[of["operationId"]]).validate_json(json.dumps(example))
            shown += 1
    assert shown > 15


def test_the_page_of_the_api_shows_every_address(
    browser: Browser, document: dict[str, Any]
) -> None:
    page = browser.get("/api").text
    for path, method, _ in operations(document):
        assert f"<code>{method.upper()} {path}</code>" in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page), (
        "something is loaded from elsewhere"
    )
    assert 'href="/api"' in browser.get("/account").text
    made = browser.submit("/account/tokens", name="a", scopes="read", days="30").text
    token = re.search(r'secret">(tw_[^<]+)<', made)
    [curl] = re.findall(r"<pre[^>]*>(curl [^<]*/status)</pre>", page)
    assert token
    command = unescape(curl).replace("TOKEN", token[1])
    ended = subprocess.run(["sh", "-c", f"{command} -sS"], capture_output=True, check=True)
    assert json.loads(ended.stdout)["figures"]["items"] > 10


def test_all_that_is_read_has_an_etag(browser: Browser, document: dict[str, Any]) -> None:
    """But for what another look changes: when a login was used last."""
    changed = []
    every = [(path, of) for path, method, of in operations(document) if method == "get"]
    plain = [p for p, of in every if not any(q["required"] for q in of.get("parameters", ()))]
    for path in [*plain, f"{API}/openapi.json"]:
        first = browser.get(path)
        assert first.headers["etag"], path
        again = browser.get(path, headers={"If-None-Match": first.headers["etag"]})
        if again.status_code != 304:
            changed.append(path)
    assert set(changed) <= {f"{API}/account", f"{API}/status"}
    assert len(plain) > 15


def test_lists_say_where_they_go_on(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for view in (feeds_view, search_view):
        monkeypatch.setattr(view, "PAGE", 2)
    monkeypatch.setattr(entity_list, "_PAGE", 2)
    for path, key in (
        ("/feeds", "feeds"),
        ("/search?q=huawei", "items"),
        ("/entities", "entities"),
    ):
        first = browser.get(API + path)
        after = first.links["next"]["url"]
        assert after.startswith(API + path.partition("?")[0])
        second = browser.get(after)
        assert second.status_code == 200
        assert first.json()[key][-1] not in second.json()[key]
        assert len(second.json()[key]) == 2
    assert "link" not in browser.get(f"{API}/search?q=zzzzz").headers


def test_a_text_gets_the_verdict_of_the_command(browser: Browser, watch: Watch) -> None:
    headers = {"X-CSRF-Token": browser.csrf(), "Origin": str(browser.base_url)}
    items = watch.store.search.items(parse("", watch.clock()), 60)
    texts = [*(f"{hit.title}\n{hit.summary}" for hit in items[:48]), "huawie", "中芯国际"]
    flagged = 0
    for text in texts:
        asked = {"text": text}
        told = browser.post(f"{API}/check", json=asked, headers=headers).json()
        title, _, rest = text.strip().partition("\n")  # as `techwatch check -` reads it
        item = checking.item_of(title.strip(), rest.strip())
        found = checking.check(watch, item)
        written = json.dumps(output.data(_record(found, looked=True)), default=str)
        record = json.loads(written.replace("+00:00", "Z"))
        for name in ("text", "kind", "flagged", "store", "archive"):
            assert told["check"][name] == record[name], (name, text)
        assert told["check"]["assessment"] == record.get("assessment"), text
        assert "".join(piece["text"] for piece in told["title"]) == title.strip()
        flagged += record["flagged"]
    assert 5 < flagged < len(texts)


def test_status_is_that_of_the_command(browser: Browser, watch: Watch) -> None:
    command = [sys.executable, "-m", "techwatch", "--config", str(watch.feeds_file.parent)]
    ended = subprocess.run(
        [*command, "status", "--json"], capture_output=True, text=True, check=False
    )
    record = json.loads(ended.stdout)
    told = browser.get(f"{API}/status").json()
    figures = told["figures"]
    for name in ("schema", "baseline", "items", "waiting", "feeds", "verdicts", "articles"):
        assert figures[name] == record[name], name
    assert [one["code"] for one in told["faults"]] == [one["code"] for one in record["faults"]]
    assert figures["alive"] == record["service"]["alive"]
    assert [one["edition"] for one in figures["editions"]] == [
        one["edition"] for one in record["digests"]
    ]
    assert told["well"] == (not record["attention"])


def test_what_goes_wrong_is_told_on_a_page_with_a_way_on(browser: Browser) -> None:
    for path, status, told in (
        ("/nowhere", 404, "Not there"),
        ("/entities/nobody", 404, "Not there"),
        ("/feeds?condition=x", 422, "Not understood"),
        ("/logout", 405, "Not done here"),
    ):
        page = browser.get(path)
        assert page.status_code == status, path
        assert f"<h1>{told}</h1>" in page.text
        assert '<a href="/">' in page.text
    assert browser.get(f"{API}/nowhere").json()["status"] == 404
    forged = browser.post("/check", data={"csrf": "0" * 32, "text": "a"})
    assert forged.status_code == 403
    assert "<h1>Not allowed</h1>" in forged.text
    late = httpx.post(f"{str(browser.base_url).rstrip('/')}/check", data={"text": "a"})
    assert late.status_code == 401
    assert '<a href="/login">' in late.text


def test_a_fault_of_ours_is_told_like_any_error(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(search_view, "search", fail)
    with structlog.testing.capture_logs() as logged:
        page, problem = browser.get("/search?q=a"), browser.get(f"{API}/search?q=a")
    assert [one["address"] for one in logged if one["event"] == "request failed"] == [
        "/search",
        "/search",
    ]
    for answer in (page, problem):
        assert answer.status_code == 500
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert "secret words" not in answer.text
    assert "Nothing that was stored is lost." in page.text
    assert problem.json()["title"] == "A fault of techwatch"
    assert browser.get("/search").status_code == 200, "it goes on"


def test_a_database_that_can_t_be_used_is_told_but_not_where_it_is(
    browser: Browser, watch: Watch
) -> None:
    def renamed(before: str, after: str) -> None:
        with watch.store.database.engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {before} RENAME TO {after}")

    renamed("logins", "gone")
    try:
        page, problem = browser.get("/"), browser.get(f"{API}/status")
    finally:
        renamed("gone", "logins")
    for answer in (page, problem):
        assert answer.status_code == 503
        assert "techwatch.db" not in answer.text
        assert "logins" not in answer.text
    assert "Load the page again in a minute." in page.text
    assert browser.get("/").status_code == 200
