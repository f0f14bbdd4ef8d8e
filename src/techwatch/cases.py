"""What people said, as cases of the assessment's tests, or as labelled lines of an archive."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

from techwatch.judgements import Subject, step_verdict
from techwatch.model import Decision, EntityKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import Assessment, Baseline, Judgement
    from techwatch.storage import Store

KINDS = {"yaml": "application/yaml", "jsonl": "application/x-ndjson"}  # of what is exported
_AT_ONCE = 200  # items that are read together
# What ends a line to YAML or to Python, or may not stand in YAML, where JSON lets it stand.
_BREAKING = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def verdict_by(decision: Decision, assessment: Assessment) -> Verdict:
    """Return the verdict that a person's word comes to.

    Accepted: the verdict found, and where that was no development, the one of its event. Known is
    known; rejected is unrelated. Where something was misread, the one it has by now.
    """
    if not decision.is_word:
        return assessment.verdict
    if decision is not Decision.ACCEPT:
        return Verdict.KNOWN if decision is Decision.KNOWN else Verdict.UNRELATED
    if assessment.verdict.flagged:
        return assessment.verdict
    return step_verdict(assessment.event) or Verdict.NOVEL


def case(judgement: Judgement, of: Subject) -> dict[str, Any]:
    """Return a judgement as a case: an entry of the case file of the assessment's tests."""
    item, event = of.stored.item, of.assessment.event
    found: dict[str, Any] = {"category": "judged", "lang": item.language}
    found["verdict"] = verdict_by(judgement.decision, of.assessment).value
    if judgement.decision is Decision.ACCEPT and of.assessment.verdict.flagged and event:
        found |= {"event": event.event_type, "mode": event.mode.value}
    found |= _misread_case(judgement)
    found["title"] = item.title
    return found | ({"summary": item.summary} if item.summary else {})


def _misread_case(judgement: Judgement) -> dict[str, Any]:
    """Say what a case is about where something was misread."""
    said = {
        "not_meant": judgement.entity_id,
        "meant": judgement.right_id,
        "same_story": judgement.other_story_id,
        "not_story": judgement.story_id if judgement.decision is Decision.NOT_SAME else None,
    }
    return {key: value for key, value in said.items() if value}


def labelled(judgement: Judgement, of: Subject, baseline: Baseline) -> dict[str, Any]:
    """Return a judgement as a labelled line of an archive, which `replay` scores against."""
    item = of.stored.item
    ids = sorted({mention.entity_id for mention in of.assessment.mentions})
    kinds = {i: baseline.entities[i].kind for i in ids if i in baseline.entities}
    return {
        "id": item.id,
        "title": item.title,
        "summary": item.summary,
        "published": item.published.isoformat() if item.published else None,
        "link": item.link,
        "feed": item.feed_url,
        "source": of.stored.feed.publisher,
        "lang": item.language,
        "verdict": verdict_by(judgement.decision, of.assessment).value,
        "actors": [i for i, kind in kinds.items() if kind is EntityKind.ACTOR],
        "laws": [i for i, kind in kinds.items() if kind is EntityKind.LAW],
        "decision": judgement.decision.value,
        **_misread_case(judgement),
        "note": judgement.note,
        "by": judgement.by,
        "at": judgement.at.isoformat(),
    }


def exported(store: Store, baseline: Baseline, form: Literal["yaml", "jsonl"]) -> Iterator[str]:
    """Give a line for each item of which something is in force: the last word, else the last."""
    last: dict[str, Judgement] = {}
    for said in store.judgements.all(undone=False):
        before = last.get(said.item_id)
        if before is None or said.decision.is_word or not before.decision.is_word:
            last[said.item_id] = said
    chosen = list(last.values())
    for start in range(0, len(chosen), _AT_ONCE):
        some = chosen[start : start + _AT_ONCE]
        found = store.judging.assessed([said.item_id for said in some])
        for said in some:
            of = Subject(*found[said.item_id])
            if form == "jsonl":
                yield _json(labelled(said, of, baseline)) + "\n"
            else:
                yield f"- {_flow(case(said, of))}\n"


def _flow(values: dict[str, Any]) -> str:
    """Write a mapping on one line; what `_json` writes is YAML too."""
    return "{" + ", ".join(f"{key}: {_json(value)}" for key, value in values.items()) + "}"


def _json(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Write JSON on one line, by the rules of YAML too, to which more characters are breaks."""
    written = json.dumps(value, ensure_ascii=False)
    return _BREAKING.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
