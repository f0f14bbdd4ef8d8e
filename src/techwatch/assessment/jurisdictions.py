"""How people call the jurisdictions that the vocabulary names by code."""

from __future__ import annotations

_COUNTRIES = {
    "al": "Albania", "at": "Austria", "au": "Australia", "be": "Belgium", "br": "Brazil",
    "ca": "Canada", "ch": "Switzerland", "cn": "China", "cz": "Czechia", "de": "Germany",
    "dk": "Denmark", "ee": "Estonia", "es": "Spain", "eu": "the European Union",
    "fi": "Finland", "fr": "France", "id": "Indonesia", "ie": "Ireland", "il": "Israel",
    "in": "India", "iq": "Iraq", "ir": "Iran", "it": "Italy", "jo": "Jordan", "jp": "Japan",
    "ke": "Kenya", "kg": "Kyrgyzstan", "kr": "South Korea", "lt": "Lithuania", "lv": "Latvia",
    "mx": "Mexico", "my": "Malaysia", "nato": "NATO", "nl": "the Netherlands", "no": "Norway",
    "np": "Nepal", "nz": "New Zealand", "ph": "the Philippines", "pk": "Pakistan",
    "pl": "Poland", "pt": "Portugal", "ro": "Romania", "ru": "Russia", "se": "Sweden",
    "sg": "Singapore", "sn": "Senegal", "so": "Somalia", "th": "Thailand", "tr": "Türkiye",
    "tw": "Taiwan", "ua": "Ukraine", "uk": "the United Kingdom", "us": "the United States",
    "uz": "Uzbekistan", "vn": "Vietnam",
}  # fmt: skip
_STATES = {
    "al": "Alabama", "ar": "Arkansas", "az": "Arizona", "ca": "California", "fl": "Florida",
    "ga": "Georgia", "ia": "Iowa", "id": "Idaho", "in": "Indiana", "ks": "Kansas",
    "ky": "Kentucky", "la": "Louisiana", "ma": "Massachusetts", "md": "Maryland", "me": "Maine",
    "mi": "Michigan", "ms": "Mississippi", "mt": "Montana", "nc": "North Carolina",
    "nd": "North Dakota", "ne": "Nebraska", "nh": "New Hampshire", "nj": "New Jersey",
    "nv": "Nevada", "ny": "New York", "oh": "Ohio", "ok": "Oklahoma", "pa": "Pennsylvania",
    "sc": "South Carolina", "sd": "South Dakota", "tn": "Tennessee", "tx": "Texas",
    "ut": "Utah", "va": "Virginia", "vt": "Vermont", "wa": "Washington State",
    "wi": "Wisconsin", "wv": "West Virginia", "wy": "Wyoming",
}  # fmt: skip
_PARTS = {
    "au-nsw": "New South Wales", "au-qld": "Queensland", "ca-ab": "Alberta",
    "ca-bc": "British Columbia", "ca-mb": "Manitoba", "ca-nb": "New Brunswick",
    "ca-nl": "Newfoundland", "ca-ns": "Nova Scotia", "ca-on": "Ontario", "ca-qc": "Quebec",
    "ca-sk": "Saskatchewan", "de-by": "Bavaria", "in-ka": "Karnataka", "in-tn": "Tamil Nadu",
}  # fmt: skip


def name_of(code: str) -> str:
    """Return the name of a jurisdiction; an unknown code stands for itself."""
    country, _, part = code.partition("-")
    if country == "us" and part in _STATES:
        return _STATES[part]
    return _PARTS.get(code) or _COUNTRIES.get(code, code)
