"""The fact behind a reason in a sentence, with how leads like it convert; each is worded once."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from features.spec import Feature
from features.words import say, say_range
from models.facts import Fact, Facts
from models.matrix import F32, Ints

if TYPE_CHECKING:
    from models.model import Model


class Sentences:
    """Words for the values of a model's features."""

    def __init__(self, model: "Model", facts: Facts) -> None:
        self._features = model.features.features
        self._names = model.features.vocabulary.values
        self._facts = facts
        self._min_rows = model.manifest["params"]["fact_min_rows"]
        self._speaks = [of.speaks(self._min_rows) for of in facts.of]

    def of(self, feature: Ints, value: F32, sign: Ints) -> pl.Series:
        """Return the sentences of (m,) facts, String.

        Parameters
        ----------
        feature : (m,)
            Positions in the matrix.
        value : (m,) float32
            NaN = missing.
        sign : (m,)
            +1 or -1: the direction that the fact is a reason for.
        """
        asked = pl.DataFrame({"feature": feature, "value": value, "sign": sign}, nan_to_null=True)
        distinct = asked.unique(maintain_order=True)
        worded = distinct.with_columns(
            pl.Series("sentence", [self._sentence(*key) for key in distinct.iter_rows()], pl.String)
        )
        return asked.join(
            worded, on=asked.columns, how="left", nulls_equal=True, maintain_order="left"
        )["sentence"]

    def _sentence(self, index: int, value: float | None, sign: int) -> str:
        feature, of = self._features[index], self._facts.of[index]
        number = float("nan") if value is None else value
        statement = say(feature, number, self._names.get(feature.name, ()))
        fact = of.fact(number)
        if fact is None or fact.rows < self._min_rows:
            return f"{statement} (too few such leads to state a rate)"
        cell = int(of.cell_of(np.array([number], dtype=np.float32))[0])
        if self._speaks[index][cell] != sign:
            # A rate that says nothing, or the opposite, would mislead whoever reads it.
            return f"{statement}, together with other facts"
        rates = f"{_percent(fact.positives / fact.rows)} of {_who(feature, number, fact)} convert"
        return f"{statement}: {rates}, {_percent(fact.base_rate)} of all"


def _who(feature: Feature, value: float, fact: Fact) -> str:
    if np.isnan(value) or feature.kind != "number" or fact.is_one_value:
        return "those"
    return say_range(feature, fact.low, fact.high)


def _percent(rate: float) -> str:
    return f"{rate:.1%}" if rate >= 0.01 or rate == 0 else f"{rate:.2%}"
