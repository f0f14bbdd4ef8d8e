from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techwatch.errors import InvalidFilesError, NotFoundError
from techwatch.feeds.catalogue import add, key, load, remove
from techwatch.model import Feed

SHIPPED = Path(__file__).parents[2] / "config" / "feeds.yaml"
HARBOUR = Feed("https://harbour.example/feed", "Harbour: news & more", "en", 1, ("china", "5g"))
LIST = """\
# Ours.
feeds:
  # English
  - url: https://a.example/feed   # moved in May
    publisher: A
    language: en

  # Chinese; quoted for no reason
  - url: 'https://b.example/feed'
    publisher: "乙"
    language: zh
    zone: Asia/Shanghai
    tags: [china,
           taiwan]
    # the last word on it
# The end.
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_a_list_is_read(path: Path) -> None:
    assert load(path) == (
        Feed("https://a.example/feed", "A", "en"),
        Feed("https://b.example/feed", "乙", "zh", 2, ("china", "taiwan"), "Asia/Shanghai"),
    )


WRONG = """\
feeds:
  - url: ftp://a.example/feed
    publisher: A
    language: english
  - url: https://b.example/feed
    publisher: B
    language: no
    tier: 4
    zone: Asia/Bejing
    tag: [china]
  - url: https://B.example/feed#top
    publisher: ""
    language: cn
    tags: [Tech News]
    paused: perhaps
  - publisher: D
colour: red
"""
PROBLEMS = [
    (2, "feeds.0.url: must be an address that begins with http:// or https://"),
    (4, "feeds.0.language: unknown language; such as en, zh or nb"),
    (7, "feeds.1.language: unknown language; did you mean 'nb'?"),
    (8, "feeds.1.tier: input should be less than or equal to 3"),
    (9, "feeds.1.zone: unknown time zone"),
    (10, "feeds.1.tag: unknown key; did you mean 'tags'?"),
    (11, "feeds.2.url: https://B.example/feed#top stands in line 5 already"),
    (12, "feeds.2.publisher: string should have at least 1 character"),
    (13, "feeds.2.language: unknown language; did you mean 'zh'?"),
    (14, "feeds.2.tags: tag 'Tech News' must be in lower case, with hyphens; 'tech-news'?"),
    (15, "feeds.2.paused: input should be a valid boolean"),
    (16, "feeds.3.url: is missing"),
    (16, "feeds.3.language: is missing"),
    (17, "colour: unknown key"),
]


def test_every_problem_is_told_with_its_line(path: Path) -> None:
    path.write_text(WRONG, encoding="utf-8")
    with pytest.raises(InvalidFilesError) as raised:
        load(path)
    told = [(problem.line, problem.message) for problem in raised.value.problems]
    for line, start in PROBLEMS:
        assert any(at == line and message.startswith(start) for at, message in told), (line, start)
    assert len(told) == len(PROBLEMS)


@pytest.mark.parametrize("text", ["", "feeds:\n", "feeds: []\n", "# none yet\n"])
def test_a_list_may_be_empty(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
    assert load(path) == ()
    add(path, HARBOUR)
    assert load(path) == (HARBOUR,)
    assert remove(path, HARBOUR.url) == HARBOUR
    assert load(path) == ()


@pytest.mark.parametrize("text", ["- a\n", "feeds: 5\n", "feeds: [5]\n", "feeds: [\n", "\x00"])
def test_what_is_no_list_is_told(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFilesError):
        load(path)


def test_adding_changes_no_other_line(path: Path) -> None:
    add(path, HARBOUR)
    added = """\
  - url: https://harbour.example/feed
    publisher: 'Harbour: news & more'
    language: en
    tier: 1
    tags: [china, 5g]
"""
    last = "           taiwan]\n"
    assert path.read_text(encoding="utf-8") == LIST.replace(last, last + added)
    assert load(path)[-1] == HARBOUR


def test_removing_changes_no_other_line(path: Path) -> None:
    removed = remove(path, "https://a.example/feed")
    entry = "".join(LIST.splitlines(keepends=True)[3:6])
    assert removed == Feed("https://a.example/feed", "A", "en")
    assert path.read_text(encoding="utf-8") == LIST.replace(entry, "")


def test_adding_and_removing_leaves_the_file_as_it_was(path: Path) -> None:
    for text in (LIST, LIST.replace("\n", "\r\n"), LIST.replace("\n  ", "\n")):
        path.write_bytes(text.encode())
        add(path, HARBOUR)
        assert load(path)[-1] == HARBOUR
        assert path.read_bytes().count(b"\r\n") == (path.read_bytes().count(b"\n") * ("\r" in text))
        remove(path, HARBOUR.url)
        assert path.read_bytes().decode() == text


def test_a_list_without_indentation_or_a_last_line_end_is_added_to(path: Path) -> None:
    path.write_text("feeds:\n- url: https://a.example/\n  publisher: A\n  language: en")
    add(path, HARBOUR)
    assert load(path)[1] == HARBOUR


def test_the_same_feed_is_not_added_again(path: Path) -> None:
    again = Feed("https://A.example/feed#news", "A again", "en")
    with pytest.raises(InvalidFilesError, match=r"feeds\.yaml:4: .* is in the list already"):
        add(path, again)
    assert path.read_text(encoding="utf-8") == LIST


@pytest.mark.parametrize(
    "feed",
    [Feed("file:///etc/passwd", "A", "en"), Feed("https://c.example/", "C", "xx")],
)
def test_a_wrong_feed_is_not_added(feed: Feed, path: Path) -> None:
    with pytest.raises(InvalidFilesError):
        add(path, feed)
    assert path.read_text(encoding="utf-8") == LIST


@pytest.mark.parametrize("url", ["https://c.example/feed", "http://[", ""])
def test_a_feed_that_is_not_there_is_not_removed(url: str, path: Path) -> None:
    with pytest.raises(NotFoundError, match="no feed"):
        remove(path, url)
    assert path.read_text(encoding="utf-8") == LIST


def test_a_list_in_brackets_is_not_edited(path: Path) -> None:
    text = "feeds: [{url: 'https://a.example/', publisher: A, language: en}]\n"
    path.write_text(text)
    with pytest.raises(InvalidFilesError, match="brackets"):
        add(path, HARBOUR)
    assert path.read_text() == text


def test_an_edit_keeps_the_mode_and_leaves_nothing_behind(path: Path) -> None:
    path.chmod(0o640)
    add(path, HARBOUR)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


FEEDS = st.builds(
    Feed,
    url=st.from_regex(
        r"https?://[a-z]{1,8}\.example/[a-z0-9#?&=%:',\[\]{}-]{0,20}", fullmatch=True
    ),
    publisher=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30),
    language=st.sampled_from(["en", "zh", "nb"]),
    tier=st.integers(1, 3),
    tags=st.lists(st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,3})?", fullmatch=True)).map(
        lambda tags: tuple(dict.fromkeys(tags))
    ),
    zone=st.sampled_from([None, "Asia/Shanghai", "Europe/Oslo"]),
    paused=st.booleans(),
)
LISTS = st.lists(FEEDS, max_size=5, unique_by=lambda feed: key(feed.url)).map(tuple)


@given(feeds=LISTS)
@settings(deadline=None, max_examples=50)
def test_whatever_is_added_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, feeds: tuple[Feed, ...]
) -> None:
    path = tmp_path_factory.mktemp("lists") / "feeds.yaml"
    path.write_text("feeds:\n")
    for feed in feeds:
        add(path, feed)
    assert load(path) == feeds


def test_the_shipped_list_is_valid_varied_and_in_order() -> None:
    feeds = load(SHIPPED)
    assert len(feeds) >= 45
    assert {feed.language for feed in feeds} == {"en", "nb", "zh"}
    assert {feed.tier for feed in feeds} == {1, 2, 3}
    assert all(feed.tags for feed in feeds)
    assert all(feed.zone for feed in feeds if feed.language != "en")
    groups = {
        language: [f for f in feeds if f.language == language] for language in ("en", "nb", "zh")
    }
    for group in groups.values():
        assert group == sorted(group, key=lambda feed: feed.publisher.casefold())
