"""What happened, to whom, how far, and whether that is new against what is known.

clauses    a text in clauses; which of them only give the background
lexicon    all vocabularies as one search
told       the values of reading events
agents     who acts, for which jurisdiction, on whom
events     trigger and mode, clause by clause
years      years before an item's own: what is told of them is past
forms      what shows that a headline is written about news rather than is news
signals    what can be said of an item as a whole
words      the plain words of an item as evidence, and words.tsv: what each is worth
weights    the tables by which signals and words are judged
ladders    an event against the standing of its entities
verdict    the verdict and its sentence
amounts    sums, counts, dates and terms, in any language
likeness   how alike two headlines are
signs      what an item offers for telling whether another one tells the same event
pairs      the signs for and against two items telling one event, with their weights
stories    the story that an item tells: the same event in other words, or the next one
bursts     who is told of far more than usual
assessor   the whole, in order
"""

from __future__ import annotations

from techwatch.assessment.assessor import Assessor
from techwatch.assessment.reading import Reading
from techwatch.assessment.settings import AssessmentSettings
from techwatch.assessment.stories import story_id

__all__ = ["AssessmentSettings", "Assessor", "Reading", "story_id"]
