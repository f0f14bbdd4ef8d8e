"""Addresses of articles without what only tells publishers where a reader came from. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

_STARTS = ("utm_", "pk_", "mtm_", "hsa_")
_ADVERTS = "fbclid gclid dclid gbraid wbraid msclkid yclid twclid igshid"
_MAIL = "mc_cid mc_eid _hsenc _hsmi mkt_tok oly_anon_id oly_enc_id vero_id"
_PRESS = "at_medium at_campaign ns_mchannel ns_campaign wt_mc cmpid"
_TRACKING = frozenset(f"{_ADVERTS} {_MAIL} {_PRESS}".split())


def plain(link: str) -> str:
    """Return a link without tracking parameters, the others as they were and in their order.

    The link of one article in two feeds is then one.
    """
    if "?" not in link:
        return link
    parts = urlsplit(link)
    kept = [pair for pair in parts.query.split("&") if not _tracks(pair.partition("=")[0].lower())]
    if len(kept) == parts.query.count("&") + 1:
        return link
    return urlunsplit(parts._replace(query="&".join(kept)))


def _tracks(name: str) -> bool:
    return name.startswith(_STARTS) or name in _TRACKING
