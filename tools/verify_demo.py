"""Hold the result of `make demo` against what it must be: verify_demo.py FOLDER."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from techwatch.model import Verdict
from techwatch.testing import demo


def main(folder: Path) -> int:
    """Print what is wrong with a demo's folder, if anything; returns the exit status."""
    summary = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    html = Path(summary["html"]).read_text(encoding="utf-8")
    [path] = (folder / "digests" / "daily").glob("*.json")
    digest = json.loads(path.read_text(encoding="utf-8"))
    developments = [d for group in digest["groups"] for d in group["developments"]]
    developments += digest["follow_ups"]
    titles = {d["title"] for d in developments}
    links = {d["link"] for d in developments} | {
        other["link"] for d in developments for other in d["others"]
    }
    first, second = summary["first_poll"], summary["second_poll"]
    wanted = labelled(*(verdict for verdict in Verdict if verdict.flagged))
    checks = {
        "at least 8 feeds": summary["feeds"] >= 8,
        "every feed read at the first poll": first["documents"] == summary["feeds"],
        "at least 60 items": first["new"] >= 60,
        "most feeds not modified at the second poll": 2 * second["not_modified"] > summary["feeds"],
        "one headline changed": second["revised"] == 1,
        "one new item": second["new"] == 1,
        "no errors": summary["errors"] == [],
        "a verdict for every item": sum(summary["verdicts"].values()) == first["new"] + 2,
        "nine of ten that a careful reader flags are in the digest": len(wanted & links)
        >= 0.9 * len(wanted),
        "nine of ten in the digest are what a careful reader flags": len(wanted & links)
        >= 0.9 * len(links),
        "developments in the digest": len(titles) >= 10,
        "the page is whole": html.rstrip().endswith("</html>") and "<script" not in html,
        "Chinese and Norwegian headlines": any("一" <= c <= "鿿" for t in titles for c in t)
        and any("ø" in t or "å" in t for t in titles),
        "the changed headline is told": any("amendment" in title for title in titles),
        "nearly no noise": len(links & labelled(Verdict.UNRELATED)) <= 1,
        "no item leads two developments": len({d["item_id"] for d in developments})
        == len(developments),
    }
    for check, holds in checks.items():
        print(f"{'ok  ' if holds else 'FAIL'} {check}")
    return 0 if all(checks.values()) else 1


def labelled(*verdicts: Verdict) -> set[str]:
    """List the links of the demo's items that a careful reader gave these verdicts."""
    return {item.link for item in demo.expectations() if item.verdict in verdicts}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
