"""How people call the jurisdictions that the vocabulary names by code, in English and Norwegian."""

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
    "uz": "Uzbekistan", "vn": "Vietnam", "hk": "Hong Kong", "un": "the United Nations",
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
# What Norwegian calls otherwise than English.
_NORWEGIAN = {
    "at": "Østerrike", "br": "Brasil", "ch": "Sveits", "cn": "Kina", "cz": "Tsjekkia",
    "de": "Tyskland", "dk": "Danmark", "ee": "Estland", "es": "Spania", "eu": "EU",
    "fr": "Frankrike", "ie": "Irland", "iq": "Irak", "it": "Italia",
    "kg": "Kirgisistan", "kr": "Sør-Korea", "lt": "Litauen", "nl": "Nederland", "no": "Norge",
    "ph": "Filippinene", "pl": "Polen", "ru": "Russland", "se": "Sverige",
    "tr": "Tyrkia", "ua": "Ukraina", "uk": "Storbritannia", "us": "USA", "uz": "Usbekistan",
    "be": "Belgia", "hk": "Hongkong", "un": "FN",
    "us-nc": "Nord-Carolina", "us-nd": "Nord-Dakota", "us-sc": "Sør-Carolina",
    "us-sd": "Sør-Dakota", "us-wv": "Vest-Virginia", "us-wa": "delstaten Washington",
    "ca-bc": "Britisk Columbia", "de-by": "Bayern",
}  # fmt: skip


def name_of(code: str, language: str = "en") -> str:
    """Return the name of a jurisdiction for readers of a language; an unknown code is its own."""
    if language == "nb" and code in _NORWEGIAN:
        return _NORWEGIAN[code]
    country, _, part = code.partition("-")
    if country == "us" and part in _STATES:
        return _STATES[part]
    return _PARTS.get(code) or _COUNTRIES.get(code, code)
