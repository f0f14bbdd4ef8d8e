from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests.digests.samples import EDITION

from techwatch import yamlfile
from techwatch.digests.delivery.checking import problems
from techwatch.digests.delivery.email import EmailChannel
from techwatch.digests.delivery.email_settings import EmailSettings
from techwatch.digests.delivery.targets import read
from techwatch.digests.delivery.webhook import WebhookChannel
from techwatch.digests.delivery.webhook_settings import WebhookSettings
from techwatch.testing import FakeClock

if TYPE_CHECKING:
    from techwatch.digests.delivery import Channel


def test_addresses_are_read_from_lines_or_from_one_line() -> None:
    expected = {"desk": "slack://a/b", "ops-2": "https://x.example/?a=b"}
    assert read("# ours\ndesk=slack://a/b\n\n  ops-2=https://x.example/?a=b\n") == expected
    assert read("desk=slack://a/b ops-2=https://x.example/?a=b") == expected


@pytest.mark.parametrize(
    "text", ["", "  \n#x=y://z", "slack://classified", "a=classified", "a=b://"]
)
def test_what_can_t_be_read_is_told_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="write") as caught:
        read(text)
    assert "classified" not in str(caught.value)


FILE = """\
editions:
  - id: other
  - id: weekly
    channels:
      - email
      - webhook
    targets: [desk,
      nobody]
"""


def test_what_keeps_editions_in_the_house_is_told_with_its_line() -> None:
    clock = FakeClock(datetime(2026, 3, 1, tzinfo=UTC))
    hooks = WebhookChannel(WebhookSettings(), clock)
    channels: dict[str, Channel] = {"email": EmailChannel(EmailSettings()), "webhook": hooks}
    edition = replace(EDITION, channels=("email", "webhook"), targets=("desk", "nobody"))
    document = yamlfile.parse(FILE, "digests.yaml")
    found = list(problems(document, [edition], channels, ["desk"]))
    assert [(problem.line, problem.message.partition(":")[2][:40]) for problem in found] == [
        (5, " weekly can't go out by email: email.hos"),
        (6, " weekly can't go out by webhook: webhook"),
        (8, " no webhook or Apprise service is called"),
    ]
