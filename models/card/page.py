"""The model card as one HTML page that needs nothing else: no script, no font, no picture to load.

Everything that comes from data is escaped.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from models.card.chart import reliability
from models.drawn import drawn_words

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --bad: #c0362c; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
p { margin: .4rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { font-weight: 600; }
td.n, th.n { text-align: right; }
td.n, th.n, td.pass, td.fail { white-space: nowrap; overflow-wrap: normal; }
.wide { overflow-x: auto; }
.pass { color: var(--good); font-weight: 600; }
.fail { color: var(--bad); font-weight: 600; }
.soft { opacity: .75; } li { margin: .2rem 0; }
.bar { background: #4a7ebb; height: .7rem; display: inline-block; vertical-align: middle; }
code { font-size: .85em; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } }
"""
_BAR_REM: Final = 7
_GROUPS: Final = {
    "contacted": "contacted then",
    "contacted_before": "contacted earlier only",
    "never_contacted": "never contacted",
}


def page(card: Mapping[str, Any]) -> str:
    """Return the page of a card (`models.card.card_of`), UTF-8 text."""
    verdict = "every gate passed" if card["passed"] else "refused by its gates"
    kind = "pass" if card["passed"] else "fail"
    parts = [
        f"<h1>Model {_e(card['model_id'])}</h1>",
        f'<p>{_e(_purpose(card))}. <span class="{kind}">{verdict.capitalize()}.</span></p>',
        "<ul>",
        *(f"<li>{_e(text)}</li>" for text in card["warnings"]),
        "</ul>",
        _data(card),
        _selection(card),
        _quality(card),
        _segments(card),
        _calibration(card),
        _gates(card),
        _features(card),
        _left_out(card),
        _hashes(card),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Model {_e(card['model_id'])}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _purpose(card: Mapping[str, Any]) -> str:
    trees = "A logistic regression" if card["model"]["candidate"] == "logistic" else "Boosted trees"
    source = "A scorecard" if card["score_source"] == "scorecard" else trees
    as_of = f", as of {card['as_of']}" if card["as_of"] else ""
    given = "" if card["condition"] in (None, "none") else f", given: {card['condition']}"
    scope = "of one export row" if card["variant"] == "lead_only" else "of all that is known"
    return f"{source} {scope} for {card['population']} leads: {card['label']}{given}{as_of}"


def _data(card: Mapping[str, Any]) -> str:
    data = card["data"]
    rows = [
        (
            name, held.get("first_at") or "-", held.get("last_at") or "-",
            _count(held["rows"]), _count(held.get("positives")),
            _percent(_share(held.get("positives"), held["rows"])),
        )
        for name, held in data["blocks"].items()
        if held["rows"]
    ]  # fmt: skip
    window = data.get("window") or {}
    notes = [f"{_e(_words(key))}: {_e(_value(value))}" for key, value in window.items()]
    return (
        _head("Data and labels")
        + _table(("block", "first as of", "last as of", "rows", "conversions", "rate"), rows, 3)
        + (f'<p class="soft">{"; ".join(notes)}.</p>' if notes else "")
        + '<p class="soft">Whole persons are in one block. Figures below are of the test block,'
        f" {_e(_when_tested(data.get('order') or {}))}.</p>"
    )


def _when_tested(order: Mapping[str, Any]) -> str:
    if order.get("basis") == "none":
        return f"whose persons were drawn by lot ({order['reason']})"
    return "which came after everything that the judged model learnt from"


def _selection(card: Mapping[str, Any]) -> str:
    groups = [(name, held) for name, held in (card["selection"] or {}).items() if held["rows"]]
    if not groups and not card["exploration"]:
        return ""
    rows = [
        (
            _GROUPS[name], _count(held["rows"]), _count(held["positives"]),
            _percent(held["share"]), f"{_percent(held['low'])} to {_percent(held['high'])}",
        )
        for name, held in groups
    ]  # fmt: skip
    told = _table(("in windows of the horizon", "windows", "conversions", "rate", "95%"), rows)
    return (
        _head("Who was contacted")
        + (told if rows else "")
        + '<p class="soft">Whoever was contacted was chosen: the difference is no effect of the'
        f" contact.</p><p>{_e(drawn_words(card['exploration']))}</p>"
    )


def _quality(card: Mapping[str, Any]) -> str:
    measured = {"this model": card["metrics"], **card["baselines"]}
    rows = [
        (
            name.replace("_", " "), _figure(held.get("auc")), _figure(held.get("lift_at_10pct")),
            _figure(held.get("average_precision")), _figure(held.get("log_loss"), 4),
        )
        for name, held in measured.items()
    ]  # fmt: skip
    cuts = [
        (
            f"best {_percent(cut['share'])}", _count(cut["rows"]), _figure(cut["expected"], 0),
            f"{_figure(cut['expected_low'], 0)} to {_figure(cut['expected_high'], 0)}",
            _count(cut["observed"]),
        )
        for cut in card["cuts"]
    ]  # fmt: skip
    low, high = card["metrics"].get("auc_low"), card["metrics"].get("auc_high")
    sure = f"<p>AUC is between {_figure(low)} and {_figure(high)} with 95% confidence.</p>"
    return (
        _head("How good it is")
        + _table(("ranking", "AUC", "lift in the top 10%", "average precision", "log loss"), rows)
        + (sure if low is not None else "")
        + _table(("cut", "rows", "conversions expected", "95% interval", "seen"), cuts)
    )


def _segments(card: Mapping[str, Any]) -> str:
    rows = [
        (
            held["segment"], held["value"], _count(held["rows"]),
            _count(held["observed_conversions"]), _percent(held["rate"]),
            f"{_figure(held['expected_conversions'], 0)}"
            f" ({_figure(held['expected_conversions_low'], 0)}"
            f" to {_figure(held['expected_conversions_high'], 0)})",
            _figure(held["auc"]), _figure(held["lift_at_10pct"]),
        )
        for held in card["segments"]
    ]  # fmt: skip
    if not rows:
        return _head("By segment") + "<p>Source, age and country of these leads are not known.</p>"
    head = (
        "segment", "value", "rows", "conversions", "rate", "expected (95%)", "AUC",
        "lift in the top 10%",
    )  # fmt: skip
    return _head("By segment") + _table(head, rows, 2)


def _calibration(card: Mapping[str, Any]) -> str:
    held = card["calibration"]
    rows = [
        (
            f"{_percent(band['probability_low'])} to {_percent(band['probability_high'])}",
            _count(band["rows"]), _percent(band["probability_mean"]), _percent(band["rate"]),
            f"{_percent(band['rate_low'])} to {_percent(band['rate_high'])}",
        )
        for band in held["bands"]
    ]  # fmt: skip
    level = (held["level"] or {}).get("reason")
    return (
        _head("Calibration")
        + f"<p>{_e(str(held['method']).capitalize())}, fitted on {_count(held['rows'])} held-out"
        f" rows with {_count(held['positives'])} conversions."
        f" {_e(_sentence(level)) if level else ''}</p>"
        + reliability(held["bands"])
        + _table(("band", "rows", "probability", "rate seen", "95% interval"), rows)
    )


def _gates(card: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr><td class="{"pass" if gate["passed"] else "fail"}">'
        f"{'pass' if gate['passed'] else 'FAIL'}</td>"
        f"<td>{_e(_words(gate['gate']))}</td><td>{_e(gate['reason'])}</td></tr>"
        for gate in card["gates"]
    )
    return _head("Gates") + f"<table>{rows}</table>"


def _features(card: Mapping[str, Any]) -> str:
    most = max((held["importance"] or 0 for held in card["features"]), default=0) or 1
    rows = "".join(
        "<tr>"
        f"<td>{_e(held['title'])}<br><code>{_e(held['name'])}</code></td>"
        f"<td>{_e(held['field'])}</td><td>{_e(held['known'])}</td>"
        f'<td class="n">{_percent(held["importance"])}</td>'
        f'<td><span class="bar" style="width:{_BAR_REM * (held["importance"] or 0) / most:.2f}rem">'
        "</span></td>"
        f"<td>{_verdict(held)}</td></tr>"
        for held in card["features"]
    )
    head = "".join(
        f"<th{' class=n' if name == 'importance' else ''}>{name}</th>"
        for name in ("feature", "field", "known", "importance", "", "leakage check")
    )
    return _head("Features") + f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>'


def _verdict(held: Mapping[str, Any]) -> str:
    if held["leakage"] is None:
        return "-"
    kind = "soft" if held["leakage"] == "ok" else "fail"
    return f'<span class="{kind}">{_e(held["leakage"])}</span>: {_e(held["leakage_reason"])}'


def _left_out(card: Mapping[str, Any]) -> str:
    if not card["left_out"]:
        return ""
    rows = [(held["name"], held["leakage"], held["leakage_reason"]) for held in card["left_out"]]
    return _head("Columns left out") + _table(("column", "verdict", "why"), rows, None)


def _hashes(card: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{_e(_words(name))}</td><td><code>{_e(value)}</code></td></tr>"
        for name, value in card["hashes"].items()
    )
    versions = ", ".join(f"{name} {value}" for name, value in card["versions"].items())
    return (
        _head("Hashes")
        + f"<table>{rows}</table>"
        + f'<p class="soft">Seed {_e(card["seed"])}. {_e(versions)}.</p>'
    )


def _head(title: str) -> str:
    return f"<h2>{_e(title)}</h2>\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]], right: int | None = 1) -> str:
    """Return a table; columns from `right` on hold numbers."""
    first = len(head) if right is None else right
    kinds = ["" if index < first else " class=n" for index in range(len(head))]
    top = "".join(f"<th{kind}>{_e(name)}</th>" for kind, name in zip(kinds, head, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{k}>{_e(v)}</td>' for k, v in zip(kinds, row, strict=True))}</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><tr>{top}</tr>{body}</table></div>\n'


def _e(value: object) -> str:
    return escape(str(value))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _value(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _figure(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _percent(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1%}" if value >= 0.01 or value == 0 else f"{value:.2%}"


def _share(part: int | None, whole: int) -> float | None:
    return None if part is None or not whole else part / whole
