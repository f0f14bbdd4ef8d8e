"""What every command needs: where the user's files are, and a Watch made of them."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from techwatch.errors import InvalidFilesError
from techwatch.installation import shipped
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.settings import Settings


@dataclass(frozen=True, slots=True)
class Places:
    """The folders in use, and the overrides given as options."""

    config_dir: Path
    baseline_dir: Path
    options: tuple[str, ...]

    @classmethod
    def find(
        cls, config_dir: Path | None, baseline_dir: Path | None, options: tuple[str, ...]
    ) -> Places:
        """Look in the working folder, then among the user's files, then in what was shipped."""
        user = Path(platformdirs.user_config_path("techwatch"))
        config = config_dir or _first("techwatch.yaml", Path("config"), user) or shipped("config")
        baseline = (
            baseline_dir
            or _first("events.yaml", Path("baseline"), user / "baseline")
            or shipped("baseline")
        )
        return cls(config, baseline, options)

    def elsewhere(self, baseline_dir: Path | None) -> Places:
        """Return the same places with another folder for the baseline, if one is given."""
        return self if baseline_dir is None else replace(self, baseline_dir=baseline_dir)

    def settings(self) -> Settings:
        """Read the settings; raises InvalidFilesError."""
        from techwatch.settings import load  # noqa: PLC0415 - not for what was kept, see `judging`

        return load(self.config_dir / "techwatch.yaml", os.environ, self.options)

    @contextmanager
    def watch(self) -> Iterator[Watch]:
        """Put techwatch together, and close it at the end."""
        watch = Watch(self.settings, self.config_dir, self.baseline_dir)
        try:
            _log_to_stderr(watch.settings)
        except InvalidFilesError:
            watch.check_files()  # whoever must mend one file wants to know of all
            raise
        with closing(watch):
            yield watch

    @contextmanager
    def judging(self) -> Iterator[Watch]:
        """Put techwatch together for a command that judges a text and must be quick."""
        from techwatch import prepared  # noqa: PLC0415 - for such commands only

        environment = (f"{k}={v}" for k, v in os.environ.items() if k.startswith("TECHWATCH_"))
        name = prepared.key((self.config_dir, self.baseline_dir), (*environment, *self.options))
        found = prepared.read(name)
        watch = Watch(self.settings, self.config_dir, self.baseline_dir, prepared=found)
        if found is None:
            prepared.write(name, watch.prepare())
        with closing(watch):
            yield watch


def _first(file: str, *folders: Path) -> Path | None:
    return next((folder for folder in folders if (folder / file).is_file()), None)


def _log_to_stderr(settings: Settings) -> None:
    from techwatch.logs import configure  # noqa: PLC0415 - see `judging`, which logs nothing
    from techwatch.settings.schema import secrets  # noqa: PLC0415

    configure(settings.logging, secrets(settings))
