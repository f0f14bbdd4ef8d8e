"""A PostgreSQL for `tools/image-test`: its URL goes to the file named, it ends with its input."""

import sys
from pathlib import Path

from techwatch.testing import postgres

with postgres.server() as server:
    Path(sys.argv[1]).write_text(server.new_database(), encoding="utf-8")
    sys.stdin.read()
