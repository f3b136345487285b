"""Who was contacted was not drawn by lot: what the figures of a model are therefore figures of."""

from collections.abc import Mapping
from typing import Any

from models.drawn import drawn_words

_GROUPS = {
    "contacted": "contacted then",
    "contacted_before": "contacted earlier only",
    "never_contacted": "never contacted",
}


def selection_words(manifest: Mapping[str, Any]) -> list[str]:
    """Return the lines to show under the figures of a dated model; none for other models.

    Parameters
    ----------
    manifest : mapping
        A manifest, or a card.
    """
    found = manifest.get("selection") or manifest.get("context", {}).get("selection")
    if not found:
        return []
    days = manifest["horizon_days"]
    groups = ", ".join(
        f"{found[name]['share']:.2%} of {found[name]['rows']:,} {words}"
        f" ({found[name]['low']:.2%} to {found[name]['high']:.2%})"
        for name, words in _GROUPS.items()
        if found[name]["rows"]
    )
    lines = [f"Conversions within {days} days, same windows: {groups}"] if groups else []
    if manifest["condition"] == "contacted":
        said = "All figures are among leads that somebody chose to contact, not among all leads"
    else:
        said = "All figures are among leads whoever contacted them, or nobody: no contact is known"
    return [*lines, said, drawn_words(manifest.get("exploration"))]
