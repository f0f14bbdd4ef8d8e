"""Every setting there is: the settings of the stages, composed."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - pydantic looks at this module's names
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import platformdirs
from pydantic import BaseModel, Field, SecretStr, model_validator

from techwatch.assessment.settings import AssessmentSettings
from techwatch.digests.delivery.apprise_settings import AppriseSettings
from techwatch.digests.delivery.email_settings import EmailSettings
from techwatch.digests.delivery.folder_settings import FolderSettings
from techwatch.digests.delivery.ping_settings import PingSettings
from techwatch.digests.delivery.retries import RetrySettings
from techwatch.digests.delivery.syndication_settings import SyndicationSettings
from techwatch.digests.delivery.webhook_settings import WebhookSettings
from techwatch.digests.settings import DigestSettings
from techwatch.endpoints.settings import HttpSettings
from techwatch.faults import AlarmSettings
from techwatch.feeds.article_settings import ArticleSettings
from techwatch.feeds.fetching_settings import FetchingSettings
from techwatch.feeds.parsing_settings import ParsingSettings
from techwatch.feeds.polling import PollingSettings
from techwatch.logs import LoggingSettings
from techwatch.matching.settings import MatchingSettings
from techwatch.storage.retention_settings import RetentionSettings
from techwatch.tracing import TracingSettings
from techwatch.web.settings import WebSettings
from techwatch.worker_settings import WorkerSettings

if TYPE_CHECKING:
    from typing import Self

PREFIX = "TECHWATCH_"


class ServiceSettings(BaseModel, frozen=True, extra="forbid"):
    """How the service runs."""

    tick: int = Field(
        15, ge=1, le=3600, description="Seconds between two looks for feeds and digests due."
    )
    stop_within: int = Field(
        8, ge=1, le=60, description="Seconds that work in hand gets to finish on SIGTERM."
    )


class Settings(BaseModel, frozen=True, extra="forbid"):
    """Every setting of techwatch."""

    data_dir: Path | None = Field(
        None,
        description="Folder of the database and of written digests; "
        "null: the user's data folder of this system.",
    )
    database_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL of the database; without one techwatch.db in data_dir."
    )
    service: ServiceSettings = Field(ServiceSettings(), description="How the service runs.")
    fetching: FetchingSettings = Field(
        FetchingSettings(), description="How documents are brought over HTTP."
    )
    parsing: ParsingSettings = Field(
        ParsingSettings(), description="How documents become items, in processes of their own."
    )
    polling: PollingSettings = Field(
        PollingSettings(), description="When a feed is asked again, and when it is ill."
    )
    articles: ArticleSettings = Field(
        ArticleSettings(), description="How the articles behind items are read, where they are."
    )
    matching: MatchingSettings = Field(
        MatchingSettings(), description="How names are found in text."
    )
    assessment: AssessmentSettings = Field(
        AssessmentSettings(), description="How verdicts are reached and stories told apart."
    )
    digests: DigestSettings = Field(
        DigestSettings(), description="What concerns every edition; the editions: digests.yaml."
    )
    delivery: RetrySettings = Field(
        RetrySettings(), description="When a delivery that failed is tried again."
    )
    email: EmailSettings = Field(EmailSettings(), description="The mail channel.")
    folder: FolderSettings = Field(
        FolderSettings(), description="The folder channel, which needs no set-up."
    )
    webhook: WebhookSettings = Field(
        WebhookSettings(), description="The webhook channel: digests as signed JSON."
    )
    apprise: AppriseSettings = Field(
        AppriseSettings(), description="The channel to chat programs and whatever Apprise knows."
    )
    syndication: SyndicationSettings = Field(
        SyndicationSettings(), description="The channel that writes an Atom feed and a JSON Feed."
    )
    ping: PingSettings = Field(
        PingSettings(), description="A dead man's switch: an address asked after each digest."
    )
    logging: LoggingSettings = Field(LoggingSettings(), description="What goes to the log.")
    http: HttpSettings = Field(
        HttpSettings(), description="The port that answers health checks, monitoring and hubs."
    )
    web: WebSettings = Field(WebSettings(), description="The desk: pages for analysts, and an API.")
    tracing: TracingSettings = Field(
        TracingSettings(), description="Traces of the work, for OpenTelemetry."
    )
    alarms: AlarmSettings = Field(
        AlarmSettings(), description="From where on `techwatch status` finds fault."
    )

    retention: RetentionSettings = Field(
        RetentionSettings(), description="How long items and the audit log are kept."
    )
    workers: WorkerSettings = Field(
        WorkerSettings(), description="How workers share the work, on PostgreSQL."
    )

    @model_validator(mode="after")
    def _kept_long_enough(self) -> Self:
        """Refuse to drop what later news, digests or corrections still need."""
        story = ("assessment.story_days", self.assessment.story_days)
        correct = ("digests.correct_days", self.digests.correct_days)
        told = (
            story,
            correct,
            ("assessment.restated_days", self.assessment.restated_days),
            ("assessment.repeat_days", self.assessment.repeat_days),
            ("digests.remember_days", self.digests.remember_days),
            ("digests.first_days", self.digests.first_days),
        )
        kept = self.retention
        for name, days, windows in (
            ("unrelated_days", kept.unrelated_days, (story, correct)),
            ("text_days", kept.text_days, told),
        ):
            window, least = max(windows, key=lambda pair: pair[1])
            if days is not None and days < least:
                reason = "until then items are compared, told or corrected by their text"
                message = f"retention.{name} must be at least {least}, as {window} is: {reason}"
                raise ValueError(message)
        return self

    @property
    def data_path(self) -> Path:
        """The folder that everything written goes to."""
        return self.data_dir or Path(platformdirs.user_data_path("techwatch"))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One setting."""

    default: Any
    description: str
    secret: bool = False


def leaves(model: type, loc: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    """List every setting: where it is, and what it is."""
    for name, content in members(model):
        if isinstance(content, Leaf):
            yield (*loc, name), content
        else:
            yield from leaves(content[0], (*loc, name))


def secrets(settings: BaseModel) -> Iterator[str]:
    """List the secrets that are set, to be hidden wherever they would be shown."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        elif isinstance(value, BaseModel):
            yield from secrets(value)


def members(model: type) -> Iterator[tuple[str, Leaf | tuple[type, str]]]:
    """List what stands in a section: settings, and further sections with their description."""
    if not issubclass(model, BaseModel):
        yield from _members_of_dataclass(model)
        return
    for name, field in model.model_fields.items():
        described = str(field.description)
        kind = field.annotation
        if isinstance(kind, type) and (issubclass(kind, BaseModel) or is_dataclass(kind)):
            yield name, (kind, described)
        else:
            yield name, Leaf(field.default, described, "SecretStr" in str(kind))


def _members_of_dataclass(model: type) -> Iterator[tuple[str, Leaf]]:
    hints = get_type_hints(model, include_extras=True)
    for field in fields(model):
        [described] = [part for part in hints[field.name].__metadata__ if isinstance(part, str)]
        yield field.name, Leaf(field.default, described)


def variable(loc: tuple[str, ...]) -> str:
    """Name the environment variable of a setting."""
    return PREFIX + "__".join(loc).upper()
