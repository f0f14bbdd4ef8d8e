"""The plainest learnt classifier, for comparison: words and characters, no rule, no baseline.

TF-IDF of words, of pairs of words and of three to five characters of title and summary, and a
logistic regression over the five verdicts. Needs scikit-learn, which the project does not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from techwatch.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labelled import Labelled

FLAGGED = [verdict.value for verdict in Verdict if verdict.flagged]


def missing() -> str | None:
    """Say what is missing to run it, if anything is."""
    try:
        import_module("sklearn")
    except ImportError:
        return "scikit-learn is not installed (pip install scikit-learn)"
    return None


def classified(
    items: Sequence[Labelled], held_out: Sequence[Labelled]
) -> Iterator[tuple[Labelled, str, float]]:
    """Yield the verdict and the probability of being flagged of items, learnt from others."""
    unseen = {item.week for item in held_out}
    known = [item for item in items if item.week not in unseen]
    model = _model()
    model.fit([_text(item) for item in known], [item.verdict.value for item in known])
    chances = model.predict_proba([_text(item) for item in held_out])
    names = [str(name) for name in model.classes_]
    for item, row in zip(held_out, chances, strict=True):
        by_name = dict(zip(names, map(float, row), strict=True))
        best = max(by_name, key=lambda name: by_name[name])
        yield item, best, sum(by_name.get(name, 0.0) for name in FLAGGED)


def _text(item: Labelled) -> str:
    return f"{item.item.title} {item.item.summary}"


def _model() -> Any:  # noqa: ANN401 - scikit-learn comes without types
    text = import_module("sklearn.feature_extraction.text")
    pipeline = import_module("sklearn.pipeline")
    linear = import_module("sklearn.linear_model")
    vectors = pipeline.make_union(
        text.TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        text.TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True),
        text.TfidfVectorizer(analyzer="char", ngram_range=(2, 3), min_df=3, sublinear_tf=True),
    )
    return pipeline.make_pipeline(vectors, linear.LogisticRegression(C=10, max_iter=1000))
