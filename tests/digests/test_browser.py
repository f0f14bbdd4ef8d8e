"""Digests in a real browser: on a phone nothing may run out of the page."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.digests.samples import ALERT, DIDI, FULL, HOSTILE, digest, many

from techwatch.digests.render import render

if TYPE_CHECKING:
    from pathlib import Path

    from techwatch.model import Digest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
MEASURE = (
    "<script>document.title = 'wide ' + document.documentElement.scrollWidth"
    " + ' of ' + window.innerWidth</script>"
)
DIGESTS = {
    "full": FULL,
    "long": digest(*many(40)),
    "hostile": digest(HOSTILE, DIDI),
    "alert": ALERT,
}


@pytest.mark.skipif(BROWSER is None, reason="no Chromium: sudo apt-get install chromium")
@pytest.mark.parametrize("made", DIGESTS.values(), ids=DIGESTS.keys())
def test_nothing_runs_out_of_a_phone_s_page(made: Digest, tmp_path: Path) -> None:
    """A frame of 375 pixels is measured: Chromium's own windows are never narrower than 500."""
    inner, outer = tmp_path / "digest.html", tmp_path / "phone.html"
    html = render(made).html.replace("</body>", f"{MEASURE}</body>")
    inner.write_text(html, encoding="utf-8")
    outer.write_text(
        f'<iframe id="f" width="375" height="800" src="{inner.as_uri()}" onload="'
        "document.title = this.contentDocument ? this.contentDocument.title : 'closed'"
        '"></iframe>',
        encoding="utf-8",
    )
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--allow-file-access-from-files", f"--user-data-dir={tmp_path / 'user'}",
        "--virtual-time-budget=2000", "--dump-dom", outer.as_uri(),
    ]  # fmt: skip
    page = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    measured = re.search(r"<title>wide (\d+) of (\d+)</title>", page)
    assert measured, page[:500]
    assert int(measured[1]) <= int(measured[2])
