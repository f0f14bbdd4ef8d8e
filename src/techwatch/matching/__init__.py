"""Which entities of the baseline a text speaks of, with the evidence for each.

settings   what can be set
spellings  the ways in which a name may be written
inside     names inside hashtags and compounds
index      the exact hits: one automaton over all spellings
neighbourhood  which words lie within two edits of a word
typos      the misspelt hits: words of names in the neighbourhood of those of a text
described  entities told by a combination of words
scoring    how sure each hit is: tables of features and weights
mentions   the whole, in order

Names that the baseline lacks are told by
naming      lists of what names are made of, compiled
pieces      words of a sentence, and the names found in it
capitalised runs of capitals | proper: who is named | official: laws and bodies | unspaced: Chinese
known       whether the baseline has a name already
emerging    the whole, in order
"""

from __future__ import annotations

from techwatch.matching.mentions import Matcher, Suggestion
from techwatch.matching.settings import MatchingSettings

__all__ = ["Matcher", "MatchingSettings", "Suggestion"]
