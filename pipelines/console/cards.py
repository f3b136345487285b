"""`models show`: the card of a model on the screen."""

from collections.abc import Mapping
from typing import Any

from pipelines.console.screen import cell, say, show_table
from pipelines.console.selection import selection_words


def show_card_of(card: Mapping[str, Any]) -> None:
    """Show what the page of a card says: window, figures, segments, calibration, gates, features.

    Parameters
    ----------
    card : mapping
        See `models.card.card_of`.
    """
    standing = "every gate passed" if card["passed"] else "refused by its gates"
    say(f"Model {card['model_id']} ({card['population']}, {card['variant']}): {standing}")
    given = "" if card["condition"] in (None, "none") else f", given: {card['condition']}"
    say(f"  {card['label']}{given}, as of {card['as_of'] or '-'}")
    for warning in card["warnings"]:
        say(f"  ! {warning}")
    _show_data(card["data"])
    _show_figures(card)
    for line in selection_words(card):
        say(f"  {line}")
    _show_segments(card["segments"])
    _show_calibration(card["calibration"])
    say()
    for gate in card["gates"]:
        say(f"  {'pass' if gate['passed'] else 'FAIL'}  {gate['gate']}: {gate['reason']}")
    _show_features(card)
    say()
    for name, value in card["hashes"].items():
        say(f"  {name:<16} {value}")


def _show_data(data: Mapping[str, Any]) -> None:
    say()
    show_table(
        "Data and labels",
        ("block", "first as of", "last as of", "rows", "conversions", "rate"),
        [
            (
                name, held.get("first_at"), held.get("last_at"), held["rows"],
                held.get("positives"),
                _percent(held["positives"] / held["rows"]) if "positives" in held else "-",
            )
            for name, held in data["blocks"].items()
            if held["rows"]
        ],
        right=(3, 4, 5),
    )  # fmt: skip
    for name, value in (data.get("window") or {}).items():
        if value:
            say(f"  {name.replace('_', ' ')}: {cell(value)}")


def _show_figures(card: Mapping[str, Any]) -> None:
    say()
    names = ("auc", "lift_at_10pct", "average_precision", "log_loss")
    show_table(
        "On the test block",
        ("ranking", "AUC", "lift in the top 10%", "average precision", "log loss"),
        [
            (ranking.replace("_", " "), *(cell(held.get(name)) for name in names))
            for ranking, held in {"this model": card["metrics"], **card["baselines"]}.items()
        ],
        right=(1, 2, 3, 4),
    )
    if card["cuts"]:
        say()
        show_table(
            "Conversions in the best",
            ("share", "rows", "expected", "95% interval", "seen"),
            [
                (
                    _percent(cut["share"]), cut["rows"], f"{cut['expected']:.0f}",
                    f"{cut['expected_low']:.0f} to {cut['expected_high']:.0f}", cut["observed"],
                )
                for cut in card["cuts"]
            ],
            right=(1, 2, 3, 4),
        )  # fmt: skip


def _show_segments(segments: list[Mapping[str, Any]]) -> None:
    say()
    if not segments:
        say("Source, age and country of these leads are not known: no figures by segment.")
        return
    show_table(
        "By segment",
        (
            "segment", "value", "rows", "conversions", "rate", "expected (95%)", "AUC",
            "lift in the top 10%",
        ),
        [
            (
                held["segment"], held["value"], held["rows"], held["observed_conversions"],
                _percent(held["rate"]),
                f"{held['expected_conversions']:.0f} ({held['expected_conversions_low']:.0f}"
                f" to {held['expected_conversions_high']:.0f})",
                held["auc"], held["lift_at_10pct"],
            )
            for held in segments
        ],
        right=(2, 3, 4, 5, 6, 7),
    )  # fmt: skip


def _show_calibration(held: Mapping[str, Any]) -> None:
    say()
    show_table(
        f"Calibration: {held['method']}, fitted on {held['rows']:,} held-out rows with"
        f" {held['positives']:,} conversions",
        ("band", "rows", "probability", "rate seen", "95% interval"),
        [
            (
                f"{_percent(band['probability_low'])} to {_percent(band['probability_high'])}",
                band["rows"], _percent(band["probability_mean"]), _percent(band["rate"]),
                f"{_percent(band['rate_low'])} to {_percent(band['rate_high'])}",
            )
            for band in held["bands"]
        ],
        right=(1, 2, 3, 4),
    )  # fmt: skip
    if (held["level"] or {}).get("reason"):
        say(f"  {held['level']['reason']}")


def _show_features(card: Mapping[str, Any]) -> None:
    say()
    show_table(
        "Features",
        ("feature", "field", "known", "importance", "leakage check"),
        [
            (
                held["name"], held["field"], held["known"], _percent(held["importance"]),
                "-" if held["leakage"] is None
                else f"{held['leakage']}: {held['leakage_reason']}",
            )
            for held in card["features"]
        ],
        right=(3,),
    )  # fmt: skip
    for held in card["left_out"]:
        say(f"  left out  {held['name']}: {held['leakage_reason']}")


def _percent(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1%}" if value >= 0.01 or value == 0 else f"{value:.2%}"
