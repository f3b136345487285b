"""A scorecard as a table for people and SQL: one row per column and value or band."""

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from features.featureset import FeatureSet
from features.spec import Feature
from models.manifest import JSON, rounded

if TYPE_CHECKING:
    from models.scorecard import Term  # not needed to read a table

_LOG_UNIT: Final = re.compile(r"log\(1 \+ (.+)\)")


def term_rows(term: "Term", features: FeatureSet) -> list[JSON]:
    """Return the rows of one term for the manifest.

    Returns
    -------
    list of dict
        ``feature, title, value, low, high, leads, conversions, shrunk_rate, prior_leads, points``.
        A number has a band low <= value < high in its unit, null = no bound; a category or a flag
        its value; all three null = not known.
    """
    feature = features.features[term.column]
    edges = term.cells.edges
    found: list[JSON] = []
    for cell in range(term.cells.count):
        low = high = value = None
        if cell < len(edges) and feature.kind == "number":
            low = None if cell == 0 else _number(feature, float(edges[cell]))
            high = None if cell + 1 == len(edges) else _number(feature, float(edges[cell + 1]))
        elif cell < len(edges):
            value = _value(feature, features, int(edges[cell]))
        if cell == len(edges) and not term.rows[cell]:
            continue  # never missing
        found.append(
            {
                "feature": feature.name,
                "title": feature.title,
                "value": value,
                "low": rounded(low),
                "high": rounded(high),
                "leads": int(term.rows[cell]),
                "conversions": int(term.positives[cell]),
                "shrunk_rate": rounded(float(term.rate[cell])),
                "prior_leads": rounded(term.strength),
                "points": rounded(float(term.points[cell])),
            }
        )
    return found


def table_rows(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the whole card of a manifest, the starting points first."""
    label = manifest["facts"]
    start = {
        "feature": "start",
        "title": "every lead starts with",
        "leads": label["rows"],
        "conversions": label["positives"],
        "shrunk_rate": label["positives"] / max(1, label["rows"]),
        "points": manifest["model"]["base_points"],
    }
    return [start, *manifest["model"]["card"]]


def band_words(row: dict[str, Any]) -> str:
    """Name the value or band of a row of the table."""
    if row.get("value") is not None:
        return str(row["value"])
    low, high = row.get("low"), row.get("high")
    if low is None and high is None:
        return "" if row["feature"] == "start" else "not known"
    if low is None:
        return f"below {high:g}"
    return f"{low:g} and more" if high is None else f"{low:g} to {high:g}"


def _number(feature: Feature, value: float) -> float:
    return math.expm1(value) if _LOG_UNIT.fullmatch(feature.unit) else value


def _value(feature: Feature, features: FeatureSet, code: int) -> str:
    if feature.kind == "flag":
        return "yes" if code else "no"
    return features.vocabulary.values[feature.name][code]


def card_json(terms: Sequence["Term"], features: FeatureSet) -> list[JSON]:
    """Return the rows of all terms."""
    return [row for term in terms for row in term_rows(term, features)]
