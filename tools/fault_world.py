"""The world of the experiments with faults: a publisher whose feeds grow, and a mail server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from techwatch.testing import Publisher

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEEDS = 3
ROUNDS = 4  # hours in which news comes
SETTLING = 100  # hours in which what was delayed may end
RECIPIENTS = ("ada@example.org", "bo@example.org")
SERVER = Path(__file__).with_name("mail_server.py")
WHO = ("TikTok", "Huawei", "ByteDance", "SMIC", "Tencent", "DJI")
STEPS = (
    "EU fines {who} 530 million euros over data transfers",
    "Montana bans {who} across the state",
    "US adds {who} to the entity list",
    "{who} opens an office in Lyon",
    "Best apple pie recipes for autumn",
    "Commission opens a formal inquiry into {who}",
)


def items_of(number: int, hour: int) -> Iterator[tuple[str, str, datetime]]:
    """Give guid, title and time of all items that a feed has by an hour, two an hour."""
    for place in range(2 * (hour + 1)):
        who = WHO[(place + 2 * number) % len(WHO)]
        title = STEPS[(place + number) % len(STEPS)].format(who=who)
        at = BEGIN - HOUR + place * HOUR / 2 + timedelta(minutes=number)
        yield f"{number}-{place}", f"{title}, part {place}", at


def document(number: int, hour: int) -> bytes:
    """Write a feed with all its items by an hour."""
    items = "".join(
        f"<item><title>{title}</title><guid>{guid}</guid><description>As told.</description>"
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
        for guid, title, at in items_of(number, hour)
    )
    return f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()


@dataclass
class World:
    """What is outside: news, and readers."""

    publisher: Publisher
    folder: Path
    mail_port: int = 0
    mail: subprocess.Popen[str] | None = None

    @classmethod
    @contextmanager
    def made(cls, folder: Path) -> Iterator[World]:
        """Start publisher and mail server; both end with the block."""
        with Publisher() as publisher:
            world = cls(publisher, folder)
            world.open_mail()
            try:
                yield world
            finally:
                world.close_mail()

    def open_mail(self) -> None:
        """Start the mail server, on the port that it had."""
        command = [sys.executable, str(SERVER), str(self.journal), "--port", str(self.mail_port)]
        self.mail = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert self.mail.stdout is not None  # noqa: S101 - it is a pipe
        self.mail_port = int(self.mail.stdout.readline())

    def close_mail(self) -> None:
        """End the mail server: connections are refused."""
        if self.mail is not None:
            self.mail.kill()
            self.mail.communicate()
            self.mail = None

    @property
    def journal(self) -> Path:
        """What the mail server took."""
        return self.folder / "mail.jsonl"

    def publish(self, hour: int) -> None:
        """Let every feed have what it has by an hour."""
        for number in range(FEEDS):
            self.publisher.publish(f"{number}.rss", document(number, hour))

    def configuration(self, place: Path, schedule: str = "0 * * * *") -> Path:
        """Write a configuration with its data in `place`."""
        folder = place / "config"
        folder.mkdir(parents=True, exist_ok=True)
        feeds = [
            {"url": self.publisher.url(f"{n}.rss"), "publisher": f"F{n}", "language": "en"}
            for n in range(FEEDS)
        ]
        edition = {
            "id": "hourly",
            "title": "Hourly",
            "schedule": schedule,
            "zone": "Europe/Oslo",
            "channels": ["folder", "email"],
            "recipients": list(RECIPIENTS),
        }
        settings = {
            "data_dir": str(place / "data"),
            "fetching": {"allow_private": True, "gap": 0},
            "parsing": {"workers": 1},
            "polling": {"interval": 1, "shortest": 1, "first_backoff": 1},
            "email": {"host": "127.0.0.1", "port": self.mail_port, "security": "none"},
        }
        for name, content in (
            ("feeds", {"feeds": feeds}),
            ("digests", {"editions": [edition]}),
            ("techwatch", settings),
        ):
            text = yaml.safe_dump(content, sort_keys=False)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder

    def mails(self) -> Counter[str]:
        """Count the messages taken, by Message-ID, and forget them."""
        if not self.journal.exists():
            return Counter()
        lines = [json.loads(line) for line in self.journal.read_text("utf-8").splitlines()]
        with self.journal.open("r+b") as file:
            file.truncate()  # the server goes on appending
        return Counter(line["id"] for line in lines if line["taken"])
