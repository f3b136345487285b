"""From input columns to the model matrix: one select, row by row."""

from typing import Final

import polars as pl

from features.errors import FeatureInputError
from features.featureset import FeatureSet
from features.schema import CUSTOM_PREFIX, INPUT_COLUMNS
from features.spec import Feature

# Text rules (job titles above all) cost microseconds per row; a look-up costs 30 nanoseconds. It
# pays where values repeat, and is not worth its fixed cost on small frames.
_LOOKUP_ROWS: Final = 1_000
_LOOKUP_REPEATS: Final = 4


def build(frame: pl.DataFrame, features: FeatureSet) -> pl.DataFrame:
    """Compute the model matrix.

    Parameters
    ----------
    frame : pl.DataFrame
        Shape (n, any): at least `features.inputs`, typed as `features.schema.INPUT_COLUMNS`
        (an all-null column may have type Null; integers and floats may be of any width).
    features : FeatureSet
        What to compute, with its vocabulary.

    Returns
    -------
    pl.DataFrame
        Shape (n, k), all Float32, columns in the order of `features.names`, rows in the order of
        `frame`. Null = missing; never NaN or infinite. Row i depends on row i alone.

    Raises
    ------
    FeatureInputError
        Input columns are missing or of another type; nothing is ever filled in.
    """
    typed = frame.lazy().select(_checked_inputs(frame, features)).collect(engine="in-memory")
    looked_up: list[pl.DataFrame] = []
    rest = list(features.features)
    for column in _text_columns(features):
        if not _repeats(typed[column].head(_LOOKUP_ROWS)):
            continue
        values = typed.select(pl.col(column).unique())
        if _repeats(typed[column], values.height):
            mine = [feature for feature in rest if feature.inputs == (column,)]
            rest = [feature for feature in rest if feature.inputs != (column,)]
            looked_up.append(_looked_up(typed.select(column), values, mine, features))
    direct = typed.lazy().select([_as_float32(feature, features) for feature in rest])
    found = [direct.collect(engine="in-memory"), *looked_up] if rest else looked_up
    return pl.concat(found, how="horizontal").select(features.names)


def _text_columns(features: FeatureSet) -> list[str]:
    """Name the text columns that some feature reads alone."""
    single = (feature.inputs for feature in features.features if len(feature.inputs) == 1)
    return [c for (c,) in dict.fromkeys(single) if INPUT_COLUMNS.get(c) == pl.String]


def _repeats(column: pl.Series, distinct: int | None = None) -> bool:
    """Tell whether values repeat enough; decides speed only, never a value."""
    distinct = column.n_unique() if distinct is None else distinct
    return column.len() >= _LOOKUP_ROWS and distinct * _LOOKUP_REPEATS <= column.len()


def _looked_up(
    rows: pl.DataFrame, values: pl.DataFrame, mine: list[Feature], features: FeatureSet
) -> pl.DataFrame:
    """Compute features once per distinct value and look every row up: the same bits, sooner."""
    names = [f"feature {position}" for position in range(len(mine))]
    computed = values.with_columns(
        _as_float32(feature, features).alias(name)
        for name, feature in zip(names, mine, strict=True)
    )
    key = values.columns[0]
    found = rows.join(computed, on=key, how="left", nulls_equal=True, maintain_order="left")
    return found.select(
        pl.col(name).alias(feature.name) for name, feature in zip(names, mine, strict=True)
    )


def _as_float32(feature: Feature, features: FeatureSet) -> pl.Expr:
    if feature.kind == "category":
        return features.vocabulary.codes(feature).alias(feature.name)
    value = feature.expr.cast(pl.Float32)
    if feature.kind == "number":
        # After the cast: a float64 beyond float32 turns infinite only then.
        value = pl.when(value.is_finite()).then(value)
    return value.alias(feature.name)


def _checked_inputs(frame: pl.DataFrame, features: FeatureSet) -> list[pl.Expr]:
    """Select the inputs, each in its declared type."""
    missing = [column for column in features.inputs if column not in frame.columns]
    if missing:
        raise FeatureInputError(
            f"input columns {missing} are missing",
            "every input of the feature set",
            "featurise the leads again with this version",
        )
    selected, wrong = [], []
    for column in features.inputs:
        found, wanted = frame.schema[column], INPUT_COLUMNS.get(column)
        if wanted is None or found == wanted:
            selected.append(pl.col(column))
        elif found == pl.Null or _is_wider(found, wanted):
            selected.append(pl.col(column).cast(wanted))
        else:
            wrong.append(f"{column} is {found}, not {wanted}")
    wrong += [
        f"{c} is {frame.schema[c]}, not a number, text or Boolean"
        for c in features.inputs
        if c.startswith(CUSTOM_PREFIX) and not _is_custom_type(frame.schema[c])
    ]
    if wrong:
        raise FeatureInputError(f"input columns of another type: {'; '.join(wrong)}")
    return selected


def _is_wider(found: pl.DataType, wanted: pl.DataType) -> bool:
    if isinstance(wanted, pl.Datetime):
        return isinstance(found, pl.Datetime) and found.time_zone is None
    return wanted.is_numeric() and found.is_numeric()


def _is_custom_type(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype in (pl.String, pl.Boolean, pl.Null)
