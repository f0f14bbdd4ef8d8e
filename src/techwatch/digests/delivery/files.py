"""Write a file whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees the old one or the new one, never a part.

    Raises OSError; then the old one stands, and nothing else is left behind.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # mkstemp shuts out everybody else; digests are for reading
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
