"""Fuzz matching with atheris, which looks for inputs that reach new code.

    pip install atheris && python tools/fuzz_matching.py [-max_total_time=600] [CORPUS]

Every input is read as two texts, searched by a matcher that has seen all inputs before and cut out
of what was given; a matcher that has seen none must find the same now and then. A crash, a wrong
offset or a text that takes more than a second is reported with the input that caused it.
Needs a development checkout; atheris is no dependency, since it is run by hand.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("fuzz_matching: atheris is missing: pip install atheris")

ROOT = Path(__file__).resolve().parents[1]
SLOW = 1.0  # seconds of processor time
AGAIN = 500  # inputs between two comparisons with a fresh matcher

with atheris.instrument_imports(include=["techwatch"]):
    from techwatch.baseline.loading import load
    from techwatch.matching import Matcher, MatchingSettings
    from techwatch.model import Field

BASELINE = load(ROOT / "baseline")
MATCHER = Matcher(BASELINE, MatchingSettings())
COUNT = {"inputs": 0, "mentions": 0}
NAMES = [name.text for entity in BASELINE.entities.values() for name in entity.names]


def texts_of(data: bytes) -> dict[Field, str]:
    """Make two texts of any bytes: characters of all planes, and names of the baseline."""
    provider = atheris.FuzzedDataProvider(data)
    texts = {}
    for field in (Field.TITLE, Field.BODY):
        pieces = []
        for _ in range(provider.ConsumeIntInRange(0, 12)):
            if provider.ConsumeBool():
                name = NAMES[provider.ConsumeIntInRange(0, len(NAMES) - 1)]
                cut = provider.ConsumeIntInRange(0, len(name))
                pieces.append(name[:cut] + provider.ConsumeUnicode(2) + name[cut:])
            else:
                pieces.append(provider.ConsumeUnicode(12))
        texts[field] = "".join(pieces)
    return texts


def one_input(data: bytes) -> None:
    """Search one input; raises AssertionError if what is found does not hold."""
    texts = texts_of(data)
    began = time.process_time()
    mentions = MATCHER.mentions(texts)
    assert time.process_time() - began < SLOW, "slow"  # noqa: S101 - what a fuzzer looks for
    for mention in mentions:
        cut = texts[mention.field][mention.start : mention.end]
        assert cut == mention.surface != "", mention  # noqa: S101 - likewise
    COUNT["inputs"] += 1
    COUNT["mentions"] += len(mentions)
    if COUNT["inputs"] % AGAIN == 0:
        fresh = Matcher(BASELINE, MatchingSettings())
        assert fresh.mentions(texts) == mentions, texts  # noqa: S101 - likewise
    if COUNT["inputs"] % 20_000 == 0:
        print(COUNT, flush=True)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
