from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.digests.samples import EDITION, SLOT

from techwatch.digests.delivery.folder import FolderChannel
from techwatch.digests.delivery.folder_settings import FolderSettings
from techwatch.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from techwatch.model import Delivery, RenderedDigest


def leave(folder: Path, digest: RenderedDigest, delivery: Delivery) -> None:
    channel = FolderChannel(FolderSettings(path=Path("out")), folder)

    async def nothing() -> None:
        """Hand over without a ledger."""

    asyncio.run(channel.send(digest, delivery, nothing))


def test_a_digest_is_left_in_four_forms(
    rendered: RenderedDigest, delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    leave(tmp_path, rendered, delivery())
    place = tmp_path / "out" / "weekly"
    assert sorted(path.name for path in place.iterdir()) == [
        "2022-07-22T0500Z.eml",
        "2022-07-22T0500Z.html",
        "2022-07-22T0500Z.json",
        "2022-07-22T0500Z.txt",
        "latest.html",
    ]
    assert (place / "2022-07-22T0500Z.html").read_text(encoding="utf-8") == rendered.html
    assert (place / "2022-07-22T0500Z.txt").read_text(encoding="utf-8") == rendered.text
    assert json.loads((place / "2022-07-22T0500Z.json").read_bytes())["edition_id"] == "weekly"
    mail = message_from_bytes((place / "2022-07-22T0500Z.eml").read_bytes(), policy=default)
    assert mail["Subject"] == rendered.subject
    assert mail["Date"].datetime == SLOT


def test_leaving_it_again_changes_nothing(
    rendered: RenderedDigest, delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    leave(tmp_path, rendered, delivery())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    leave(tmp_path, rendered, delivery())
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def test_latest_is_the_latest_slot_even_if_an_older_one_comes_late(
    rendered: RenderedDigest, delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    older = replace(rendered, slot=SLOT - timedelta(days=1), html="<p>older</p>")
    newer = replace(rendered, slot=SLOT + timedelta(days=1), html="<p>newer</p>")
    latest = tmp_path / "out" / "weekly" / "latest.html"
    leave(tmp_path, older, delivery())
    assert latest.read_text() == "<p>older</p>"
    leave(tmp_path, newer, delivery())
    leave(tmp_path, rendered, delivery())
    assert latest.read_text() == "<p>newer</p>"


def test_files_can_be_read_by_others(
    rendered: RenderedDigest, delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    leave(tmp_path, rendered, delivery())
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out" / "weekly").iterdir()}
    assert modes == {0o644}


def test_a_folder_that_can_t_be_written_is_an_error_that_may_pass(
    rendered: RenderedDigest, delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file stands in the way")
    with pytest.raises(DeliveryError, match="can't be written") as caught:
        leave(tmp_path, rendered, delivery())
    assert not caught.value.permanent


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(
    rendered: RenderedDigest,
    delivery: Callable[..., Delivery],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave(tmp_path, rendered, delivery())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeliveryError, match="No space left on device"):
        leave(tmp_path, replace(rendered, html="<p>new</p>"), delivery())
    place = tmp_path / "out" / "weekly"
    assert (place / "2022-07-22T0500Z.html").read_text(encoding="utf-8") == rendered.html
    assert [path.name for path in place.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("edition_id", ["../up", "a/b", "", ".", "/etc"])
def test_an_edition_id_leads_nowhere_else(
    edition_id: str,
    rendered: RenderedDigest,
    delivery: Callable[..., Delivery],
    tmp_path: Path,
) -> None:
    with pytest.raises(DeliveryError, match="is no edition id") as caught:
        leave(tmp_path, replace(rendered, edition_id=edition_id), delivery())
    assert caught.value.permanent
    assert list(tmp_path.rglob("*")) == []


def test_there_is_one_recipient_the_folder_itself() -> None:
    assert FolderChannel(FolderSettings()).recipients(EDITION) == ("folder",)
