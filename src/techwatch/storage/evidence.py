"""Assessments as they are stored: JSON, read back into the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from techwatch.model import Assessment, Verdict

if TYPE_CHECKING:
    from sqlalchemy import Row

_ASSESSMENT = TypeAdapter(Assessment)


def dump_assessment(assessment: Assessment) -> dict[str, Any]:
    """Turn an assessment into JSON; nothing for one without evidence, as most items are."""
    if assessment.verdict is Verdict.UNRELATED and not assessment.mentions:
        return {"reason": assessment.reason} if assessment.reason else {}
    evidence: dict[str, Any] = _ASSESSMENT.dump_python(assessment, mode="json")
    return evidence


def load_assessment(row: Row[Any]) -> Assessment:
    """Read a row of the table of assessments."""
    stored = {"verdict": row.verdict, "score": row.score, "reason": ""}
    version = {"model_version": row.model_version}
    return _ASSESSMENT.validate_python(stored | row.evidence | version)
