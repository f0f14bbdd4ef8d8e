"""What tracks, rungs, event types and powers are called in a reader's language. Pure.

The words stand in the baseline's files, English ones always; what has no Norwegian one is called as
in English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from techwatch.model import EventType, Track

NORWEGIAN = "nb"


def track_label(track: Track, language: str) -> str:
    """Name a track: "Coercion of an actor"."""
    return (track.label_nb if language == NORWEGIAN else None) or track.label


def rung_labels(track: Track, language: str) -> tuple[str, ...]:
    """Name the rungs of a track, lowest first; empty where it is no ladder."""
    return (track.rung_labels_nb if language == NORWEGIAN else ()) or track.rung_labels


def rung_label(track: Track, rung: str | None, language: str) -> str | None:
    """Name a rung; None for one that the track has not, or below the lowest."""
    return rung_labels(track, language)[track.rungs.index(rung)] if rung in track.rungs else None


def event_label(event_type: EventType, language: str) -> str:
    """Name an event type: "fined"."""
    return (event_type.label_nb if language == NORWEGIAN else None) or event_type.label


def event_sentence(event_type: EventType, language: str) -> str:
    """Say what counts as an event of a type."""
    return (event_type.sentence_nb if language == NORWEGIAN else None) or event_type.sentence
