"""techwatch watches news feeds for what is new against a baseline of known facts."""

__version__ = "0.1.0"
