"""Words in dates to what a format can read: months, weekdays and zones of several languages."""

import polars as pl

_MONTHS = {
    "Jan": "january|januar|janvier|janv|enero|ene|januari|gennaio|gen|janeiro|jänner|jan",
    "Feb": "february|februar|février|fevrier|févr|fevr|fév|febrero|februari|febbraio|fevereiro|"
    "fev|feber|feb",
    "Mar": "march|märz|maerz|mrz|mär|mars|marzo|maart|mrt|março|marco|mar",
    "Apr": "april|avril|avr|abril|abr|aprile|apr",
    "May": "may|mai|mayo|mei|maggio|mag|maio|maj",
    "Jun": "june|juni|juin|junio|giugno|giu|junho|jun",
    "Jul": "july|juli|juillet|juil|julio|luglio|lug|julho|jul",
    "Aug": "august|août|aout|agosto|ago|augustus|augusti|aug",
    "Sep": "september|septembre|septiembre|setiembre|settembre|setembro|sept|set|sep",
    "Oct": "october|oktober|octobre|octubre|ottobre|ott|outubro|out|okt|oct",
    "Nov": "november|novembre|noviembre|novembro|nov",
    "Dec": "december|dezember|décembre|decembre|diciembre|dicembre|dezembro|déc|dez|dic|dec",
}
_WEEKDAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|thu|fri|sat|sun|"
    "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so|"
    "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|"
    "sábado|domingo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|lunedì|martedì|"
    "mercoledì|giovedì|venerdì|sabato|domenica"
)
# Those that mean one thing only: CST, IST and BST do not.
_ZONES = {
    "+00:00": "utc|gmt|wet", "+01:00": "cet|west|mez", "+02:00": "cest|eet|mesz",
    "+03:00": "eest|msk", "-04:00": "edt", "-05:00": "est|cdt", "-06:00": "mdt",
    "-07:00": "mst|pdt", "-08:00": "pst",
}  # fmt: skip
# A name repeats what an offset says; without one it is the zone itself, and nothing to drop.
_ZONE_BEHIND = r"([zZ]|[+-][0-9]{2}:?[0-9]{2})\s*[\[(][\p{L}_/ ]+[\])]$"
# Tue Mar 12 09:14:05 UTC 2024: C's ctime and Java's toString.
_CLOCK_BEFORE_YEAR = (
    r"^(\p{L}{3} [0-9]{1,2}) ([0-9]{1,2}:[0-9]{2}:[0-9]{2})( (?:\p{L}{3,4}))? ([0-9]{4})$"
)


def without_words(text: pl.Series) -> pl.Series:
    """Respell dates written with words so that the formats of `when` read them. Utf8 -> Utf8.

    ``Montag, 15. März 2021 14:30 Uhr``, ``15 de abril de 2021``, ``April 15th, 2021 at 3:00 p.m.``,
    ``2021-04-15 10:00:00 UTC``, ``Thu Apr 15 2021 10:00:00 GMT+0200 (CEST)``.
    """
    cell = (
        text.str.replace(rf"(?i)^(?:{_WEEKDAYS})\b\.?,?\s+", "")
        .str.replace(_ZONE_BEHIND, "${1}")
        .str.replace(_CLOCK_BEFORE_YEAR, "${1} ${4} ${2}${3}")
        .str.replace(r"^([0-9]+)[/.\-](\p{L}+)\.?[/.\-]([0-9])", "${1} ${2} ${3}")
        .str.replace(r"(?i)\b(?:gmt|utc)\s?([+-][0-9])", "${1}")
        .str.replace_all(r"(?i)([0-9])(?:st|nd|rd|th|er|º|ª)\b", "${1}")
        .str.replace_all(r"(?i)\b(?:de|del|of|at|um|uhr|à|às|le|den|der)\b\.?", " ")
        .str.replace_all(r"(?i)\b([ap])\.?\s?m\b\.?", "${1}m")
    )
    for month, names in _MONTHS.items():
        cell = cell.str.replace(rf"(?i)(^|[^\p{{L}}])(?:{names})(?:\b|_)\.?", f"${{1}}{month}")
    for offset, names in _ZONES.items():
        cell = cell.str.replace(rf"(?i)([0-9])\s?(?:{names})$", f"${{1}}{offset}")
    return cell.str.replace_all(r"\s{2,}", " ").str.strip_chars(" ,")
