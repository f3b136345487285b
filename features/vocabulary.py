"""The values of category features, fixed at training time.

A category becomes the position of its value in an ordered list, so the code of a value never
depends on the rows it is scored with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

import polars as pl

from features.errors import FeatureError
from features.expressions import folded
from features.spec import Feature

# Judgement, not source: below 20 rows a share is noise (its standard error exceeds 0.1), and 64
# values keep a category inside one byte of the scoring kernel with room to spare.
MIN_COUNT: Final = 20
MAX_VALUES: Final = 64


@dataclass(frozen=True)
class Vocabulary:
    """Category feature -> its values, most frequent first; position = code.

    Values are folded (trimmed, lower case, inner white space as one blank). Null, rare and unseen
    values have no code: they become null.
    """

    values: Mapping[str, tuple[str, ...]]

    def codes(self, feature: Feature) -> pl.Expr:
        """Return the Float32 code of a category feature, null when it has none.

        Raises
        ------
        FeatureError
            The vocabulary was not fitted for this feature.
        """
        if feature.name not in self.values:
            raise FeatureError(
                f"no vocabulary for category feature {feature.name!r}",
                "one list of values per category feature",
                "fit the vocabulary on the training frame",
            )
        known = self.values[feature.name]
        text = category_text(feature)
        if not known:
            # Keeps the height of the frame, which a plain literal would not.
            return (
                text.str.len_bytes()
                .cast(pl.Float32)
                .replace_strict({}, default=None, return_dtype=pl.Float32)
            )
        codes = [float(code) for code in range(len(known))]
        return text.replace_strict(list(known), codes, default=None, return_dtype=pl.Float32)

    def to_json(self) -> dict[str, list[str]]:
        """Return a JSON-ready copy, features in order of name."""
        return {name: list(self.values[name]) for name in sorted(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Iterable[str]]) -> Self:
        """Rebuild what `to_json` gave.

        Raises
        ------
        FeatureError
            A value stands twice in a list, so that its code would be ambiguous.
        """
        values = {name: tuple(items) for name, items in data.items()}
        for name, items in values.items():
            if len(set(items)) != len(items):
                raise FeatureError(f"the vocabulary of {name!r} holds a value twice", "each once")
        return cls(values)


def category_text(feature: Feature) -> pl.Expr:
    """Give the folded String value of a category feature, null when empty."""
    return folded(feature.expr.cast(pl.String))


def fit_vocabulary(
    frame: pl.DataFrame,
    features: Iterable[Feature],
    *,
    min_count: int = MIN_COUNT,
    max_values: int = MAX_VALUES,
) -> Vocabulary:
    """Collect the values of every category feature.

    Parameters
    ----------
    frame : pl.DataFrame
        Training rows, shape (n, any): the input frame of `features.build.build`.
    features : iterable of Feature
        Those of kind "category" are fitted; the rest is ignored.
    min_count : int
        Rows a value needs.
    max_values : int
        Values kept per feature, most frequent first; ties in order of the value.

    Returns
    -------
    Vocabulary
        Independent of the order of rows; a feature without frequent values has an empty list.
    """
    values: dict[str, tuple[str, ...]] = {}
    for feature in features:
        if feature.kind != "category":
            continue
        counted = (
            _counted(frame, feature)
            .filter(pl.col("rows") >= min_count)
            .sort(["rows", "value"], descending=[True, False])
            .head(max_values)
        )
        values[feature.name] = tuple(counted["value"].to_list())
    return Vocabulary(values)


def _counted(frame: pl.DataFrame, feature: Feature) -> pl.DataFrame:
    """Count the rows per value; texts repeat, so each is folded once (job titles cost most)."""
    inputs = list(feature.inputs)
    if any(frame.schema[column] != pl.String for column in inputs):
        # 0.0 and -0.0 are one group and two texts: numbers are taken row by row.
        texts = frame.select(category_text(feature).alias("value"))
        return texts.drop_nulls().group_by("value").len("rows")
    distinct = frame.group_by(inputs).agg(pl.len().alias("rows of the text"))
    texts = distinct.select(category_text(feature).alias("value"), "rows of the text")
    return texts.drop_nulls("value").group_by("value").agg(pl.sum("rows of the text").alias("rows"))
