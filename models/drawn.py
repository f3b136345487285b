"""What leads drawn by lot say (`models.exploration.explored`), in words."""

from collections.abc import Mapping
from typing import Any


def drawn_words(found: Mapping[str, Any] | None) -> str:
    """Say in words what `models.exploration.explored` found; None = nobody was drawn."""
    if not found:
        return "Nobody was put on a list by lot yet: what all leads would do cannot be told."
    everybody, top = found["everybody"], found["top"]
    words = (
        f"Drawn by lot: {found['rows']:,} leads with {found['positives']:,} conversions. They stand"
        f" for all: {_interval(everybody)} convert, {_interval(top)} of the best"
        f" {top['share']:.1%}"
    )
    if found["lift"] is not None and found["auc"] is not None:
        words += f" (lift {found['lift']:.2f}, AUC {found['auc']:.3f})"
    if not (found["is_sound"] and top["is_sound"]):
        words += ". So few were drawn that these intervals are not to be believed"
    return f"{words}."


def _interval(held: Mapping[str, Any]) -> str:
    if held["value"] is None:
        return "nobody knows how many"
    return f"{held['value']:.1%} ({held['low']:.1%} to {held['high']:.1%})"
