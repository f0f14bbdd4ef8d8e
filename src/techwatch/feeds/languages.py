"""The languages a feed may be in."""

from __future__ import annotations

# ISO 639-1, but for no and nn: nb stands for Norwegian, as in the baseline.
_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia
id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo
lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nr nv ny oc oj om or os pa pi pl ps pt
qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn
to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
KNOWN = frozenset(_CODES.split())
_NORWEGIAN = {"no": "nb", "nn": "nb"}
_MEANT = {"cn": "zh", "jp": "ja", "kr": "ko", "dk": "da", "se": "sv"}


def primary(tag: str) -> str | None:
    """Return the primary tag as techwatch names languages (zh-CN: zh, no: nb); None if unknown."""
    first = tag.strip().replace("_", "-").partition("-")[0].lower()
    first = _NORWEGIAN.get(first, first)
    return first if first in KNOWN else None


def advice(tag: str) -> str:
    """Say which tag was meant, where that is easy to tell."""
    meant = _MEANT.get(tag.lower()) or primary(tag)
    return f"did you mean {meant!r}?" if meant else "such as en, zh or nb"
