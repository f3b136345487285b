"""What an analyst would try first: default LightGBM, a logistic regression, a FLAML search.

All see the raw columns of the training rows: numbers as numbers, text as categories; a column with
a value of its own in nearly every row is an id and left out.
"""

import logging
import warnings
from collections.abc import Callable

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

Matrix = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]

MOST_VALUES = 200
FLAML_SECONDS = 60
# Those that take missing values as they are.
FLAML_LEARNERS = ["lgbm", "xgboost", "xgb_limitdepth", "rf", "extra_tree"]


def matrices(train: pl.DataFrame, test: pl.DataFrame) -> tuple[Matrix, Matrix, list[int]]:
    """Return both as numbers, codes learnt on `train`, and which columns are categories."""
    seen, later, categories = [], [], []
    for name in train.columns:
        text, other = train[name], test[name]
        number = text.cast(pl.Float64, strict=False)
        if text.n_unique() == len(text) and text.cast(pl.Int64, strict=False).null_count() == 0:
            continue  # the number of the record
        if number.null_count() <= text.null_count() + 0.05 * len(text):
            seen.append(number)
            later.append(other.cast(pl.Float64, strict=False))
            continue
        if text.n_unique() > 0.9 * len(text):
            continue
        counts = text.drop_nulls().value_counts(sort=True).head(MOST_VALUES)
        values = counts[counts.columns[0]].to_list()
        codes = dict(zip(values, map(float, range(len(values))), strict=True))
        categories.append(len(seen))
        for column, found in ((text, seen), (other, later)):
            found.append(column.replace_strict(codes, default=None, return_dtype=pl.Float64))
    stack = [
        np.column_stack([c.fill_null(float("nan")).to_numpy() for c in s]) for s in (seen, later)
    ]
    return stack[0], stack[1], categories


def lightgbm_default(x: Matrix, y: Labels, test: Matrix, categories: list[int]) -> Scores:
    data = lgb.Dataset(x, y.astype(np.float32), categorical_feature=categories)
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 2, "seed": 0}
    return np.asarray(lgb.train(settings, data, 200).predict(test))


def logistic(x: Matrix, y: Labels, test: Matrix, categories: list[int]) -> Scores:
    numbers = [i for i in range(x.shape[1]) if i not in categories]
    design = ColumnTransformer(
        [
            ("n", make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), numbers),
            ("c", OneHotEncoder(handle_unknown="ignore", min_frequency=20), categories),
        ]
    )
    model = make_pipeline(design, LogisticRegression(max_iter=1000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(model.fit(x, y).predict_proba(test)[:, 1])


def flaml(x: Matrix, y: Labels, test: Matrix, categories: list[int]) -> Scores | None:
    """Search for `FLAML_SECONDS`; None where FLAML is not installed."""
    try:
        from flaml import AutoML
    except ImportError:
        return None
    logging.getLogger("flaml").setLevel(logging.ERROR)
    found = AutoML()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found.fit(
            x, y.astype(int), task="classification", metric="roc_auc", seed=0, verbose=0,
            time_budget=FLAML_SECONDS, n_jobs=2, estimator_list=FLAML_LEARNERS,
        )  # fmt: skip
        return np.asarray(found.predict_proba(test)[:, 1])


PEERS: dict[str, Callable[[Matrix, Labels, Matrix, list[int]], Scores | None]] = {
    "lightgbm": lightgbm_default,
    "logistic": logistic,
    "flaml": flaml,
}
