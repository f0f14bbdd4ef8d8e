"""What judging needs, kept ready between two runs.

Reading and checking YAML costs half a second, most of it the import of libraries, which nobody who
checks a word on the command line should wait for. What came out is kept in the user's cache folder,
under the state of every file and override that went in; a change of any of them is a new key. The
cache is never needed: where it can't be read or written, things are read as they were written.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

import techwatch
from techwatch.text import digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.assessment.settings import AssessmentSettings
    from techwatch.matching.settings import MatchingSettings
    from techwatch.model import Baseline

_MOST_KEPT = 8  # entries; older ones are removed


@dataclass(frozen=True, slots=True)
class Prepared:
    """The baseline and the settings of judging, read and found valid."""

    baseline: Baseline
    matching: MatchingSettings
    assessment: AssessmentSettings
    data_path: Path
    database_url: str | None  # None: SQLite in data_path


def key(folders: Iterable[Path], overrides: Iterable[str]) -> str:
    """Name the state of all that goes in: files by size and time of change, overrides by value."""
    here = Path(techwatch.__file__).parent  # a change of the program counts too, while it is edited
    files = (path for folder in (*folders, here) for path in sorted(folder.rglob("*.[yp][ay]*")))
    return digest(techwatch.__version__, *map(_state, files), *sorted(overrides))


def _state(path: Path) -> str:
    stat = path.stat()
    return f"{path} {stat.st_size} {stat.st_mtime_ns}"


def read(name: str) -> Prepared | None:
    """Return what is kept under a key; None if there is nothing, or nothing that can be read."""
    try:
        with _path(name).open("rb") as file:
            if os.fstat(file.fileno()).st_uid != os.getuid():
                return None
            found = pickle.load(file)  # noqa: S301 - a file of the user's own, as the code is
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError):
        return None
    return found if isinstance(found, Prepared) else None


def write(name: str, prepared: Prepared) -> None:
    """Keep it, if there is somewhere to; secrets are not kept."""
    if prepared.database_url is not None:
        return
    with contextlib.suppress(OSError):
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            pickle.dump(prepared, file, protocol=pickle.HIGHEST_PROTOCOL)
        Path(temporary).replace(_path(name))
        _prune(folder)


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob("*.pickle"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_MOST_KEPT:]:
        path.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(platformdirs.user_cache_path("techwatch")) / "prepared"


def _path(name: str) -> Path:
    return _folder() / f"{name[:40]}.pickle"
