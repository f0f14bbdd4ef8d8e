"""Stand-ins that ship with techwatch: a clock that is set by hand, a publisher of feeds."""

from techwatch.testing.answers import Behaviour
from techwatch.testing.clock import FakeClock
from techwatch.testing.publisher import Publisher, Request

__all__ = ["Behaviour", "FakeClock", "Publisher", "Request"]
