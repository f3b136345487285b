"""Columns that are called as if they knew the outcome: a name may add a warning, never a verdict.

Matched at the start of a word of the column's own header. A column of an innocent name can leak and
one of these can be honest, so nothing but the values decides what is left out.
"""

import re
from collections.abc import Iterable
from typing import Final

from features.fields import spaced
from features.schema import CUSTOM_PREFIX
from features.spec import Feature

_TELLING: Final = (
    "won\\b", "lost\\b", "win\\b", "loss\\b", "lose\\b", "outcome", "result", "convert",
    "conversion", "closed", "clos(?:e|ing) (?:date|reason|value|amount)", "deal (?:value|amount)",
    "signed", "signature", "contract", "purchas", "bought", "order(?:ed)?\\b", "invoice", "paid\\b",
    "payment", "customer since", "became customer", "churn", "disposition", "target\\b", "label\\b",
    "abschluss", "abgeschlossen", "gewonnen", "verloren", "vertrag", "gekauft", "bestell",
    "rechnung", "bezahlt", "kunde seit", "ergebnis", "gagn", "perdu", "contrat", "achat", "facture",
    "résultat", "resultat", "ganado", "perdido", "contrato", "compra", "factura", "resultado",
)  # fmt: skip
_WORD_START: Final = re.compile(r"(?:^| )(?:" + "|".join(_TELLING) + r")")


def telling(features: Iterable[Feature]) -> list[str]:
    """Return the columns of an export whose header speaks of the outcome, as they are named."""
    return [
        column.removeprefix(CUSTOM_PREFIX)
        for feature in features
        for column in feature.inputs
        if column.startswith(CUSTOM_PREFIX) and _WORD_START.search(spaced(column))
    ]


def warning(features: Iterable[Feature]) -> str:
    """Say in a line which columns of a model are called so; empty = none."""
    names = telling(features)
    if not names:
        return ""
    return (
        f"By their names these columns may be filled in after the outcome: {', '.join(names)}. What"
        " was left out was decided by values alone; [train] leave_out, or [custom] exclude of a"
        " mapping, takes out more."
    )
