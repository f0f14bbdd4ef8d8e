"""What to do about each fault, in a sentence or two; docs/operations.md has more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.web.words import later

if TYPE_CHECKING:
    from collections.abc import Mapping

REMEDIES: Mapping[str, str] = {
    "clock.skew": later("Have the machine keep its time: timedatectl, or chrony."),
    "database.damaged": later(
        "Keep the file, and put the last back-up in its place: techwatch db restore FILE --replace."
    ),
    "database.missing": later(
        "Right before a first start; else see whether the data folder is the same as before."
    ),
    "database.new": later("Use the newer techwatch again, or restore the back-up from before it."),
    "database.old": later("Back up, then: techwatch db upgrade."),
    "database.unusable": later(
        "See whether the database's server runs, or the disk has room and may be "
        "written. Nothing is lost meanwhile."
    ),
    "deliveries.failed": later(
        "Mend the address or the server; then send it or give it up on the digest's page."
    ),
    "deliveries.late": later("It is tried again by itself. See whether the mail server is there."),
    "deliveries.uncertain": later(
        "Ask the receiver whether it arrived; then send it or give it up on the digest's page."
    ),
    "digests.late": later("See whether the service runs. It is made up for in one digest."),
    "disk.full": later("Make room now: old back-ups, techwatch db prune, a larger disk."),
    "disk.low": later("Make room in time: old back-ups, techwatch db prune, a larger disk."),
    "feeds.failing": later(
        "It is tried again by itself. If it has moved, look for its new address on the page Feeds."
    ),
    "feeds.gone": later("Take it off, or look for another one on the page Feeds."),
    "feeds.silent": later(
        "Look at its site: the feed may have been left behind, or there is no news."
    ),
    "items.aside": later(
        "A fault of the program: report it with the item's id. A new version judges it."
    ),
    "items.waiting": later("Give judging more processor time or workers, unless a job fails."),
    "jobs.failing": later("The reason stands here and in the log. It is tried at each tick."),
    "ping.failing": later("Look at the address in ping.url, and at the way out of your network."),
    "service.silent": later(
        "See whether the process is there and what its log says last; restart it."
    ),
}
