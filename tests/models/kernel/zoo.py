"""Trains sound models of odd parameters and saves them as LightGBM does, one file each.

    python -m tests.models.kernel.zoo FOLDER COUNT SEED

Each in a process of its own: LightGBM itself crashes on some of these combinations, and a model
that was never saved is none of our business.
"""

import json
import os
import signal
import sys
from pathlib import Path

import lightgbm
import numpy as np

SECONDS = 5  # that one training may take
OBJECTIVES = (
    "binary", "binary", "cross_entropy", "cross_entropy_lambda", "regression", "regression_l1",
    "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie", "lambdarank",
    "rank_xendcg", "custom",
)  # fmt: skip
RANKING = ("lambdarank", "rank_xendcg")
# Setting -> share of models that have it; of several values one is drawn.
SETTINGS = (
    ({"max_bin": (2, 15, 63, 1023, 5000)}, 0.2), ({"zero_as_missing": (True,)}, 0.15),
    ({"use_missing": (False,)}, 0.1), ({"lambda_l2": (3.0,)}, 0.15), ({"lambda_l1": (0.5,)}, 0.1),
    ({"extra_trees": (True,)}, 0.1), ({"path_smooth": (2.0,)}, 0.1),
    ({"feature_fraction": (0.6,)}, 0.15), ({"max_depth": (3,)}, 0.1),
    ({"max_delta_step": (0.3,)}, 0.1), ({"min_gain_to_split": (0.1,)}, 0.1),
    ({"boost_from_average": (False,)}, 0.1), ({"cegb_penalty_split": (0.01,)}, 0.1),
    ({"min_data_in_bin": (1,)}, 0.1), ({"enable_bundle": (False,)}, 0.1),
    ({"saved_feature_importance_type": (1,)}, 0.1), ({"sigmoid": (0.5, 2.5)}, 0.2),
    ({"max_cat_to_onehot": (1, 50), "cat_l2": (0.0,), "min_data_per_group": (1,)}, 0.2),
    ({"bagging_freq": (1,), "bagging_fraction": (0.5,)}, 0.15), ({"reg_sqrt": (True,)}, 0.05),
)  # fmt: skip


class Zoo:
    """One model, drawn from a seed."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.rng = np.random.default_rng(seed)
        self.seed, self.folder = seed, folder
        self.rows = int(self.rng.choice([60, 300, 1500]))
        self.width = int(self.rng.choice([1, 2, 6, 15, 40]))
        count = int(self.rng.integers(0, min(self.width, 4) + 1)) if self.chance(0.5) else 0
        self.categories = sorted(self.rng.choice(self.width, count, replace=False).tolist())
        self.objective = str(self.rng.choice(OBJECTIVES))
        self.boosting = str(self.rng.choice(["gbdt", "gbdt", "gbdt", "dart", "rf", "goss"]))
        if self.objective == "custom" and self.boosting == "rf":
            self.boosting = "gbdt"
        self.tags = [self.objective, self.boosting]
        self.matrix, self.label = self.data()
        self.params = self.settings()

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        rng, rows = self.rng, self.rows
        matrix = np.empty((rows, self.width))
        columns: tuple = (
            lambda: rng.poisson(2, rows),
            lambda: np.full(rows, rng.choice([0.0, 3.5])),
            lambda: rng.standard_normal(rows) * 10.0 ** rng.integers(-30, 30),
            lambda: np.where(rng.random(rows) < 0.3, np.nan, rng.standard_normal(rows)),
            lambda: np.where(rng.random(rows) < 0.6, 0, rng.standard_normal(rows)),
            lambda: rng.standard_normal(rows),
        )
        for column in range(self.width):
            matrix[:, column] = columns[rng.integers(len(columns))]()
        for column in self.categories:
            matrix[:, column] = rng.integers(0, rng.choice([3, 6, 40, 300]), rows)
        if self.chance(0.5):
            with np.errstate(over="ignore"):
                matrix = matrix.astype(np.float32)
        first, last = (np.nan_to_num(matrix[:, i].astype(float)) for i in (0, -1))
        signal_ = np.tanh(first) + np.sin(last) + rng.standard_normal(rows)
        labels = {
            "binary": signal_ > 0,
            "cross_entropy": 1 / (1 + np.exp(-signal_)),
            "cross_entropy_lambda": 1 / (1 + np.exp(-signal_)),
            **dict.fromkeys(("poisson", "gamma", "tweedie", "mape"), np.exp(0.5 * signal_)),
            **dict.fromkeys(RANKING, np.clip(np.round(signal_ + 1), 0, 4)),
        }
        return matrix, labels.get(self.objective, signal_)

    def settings(self) -> dict:
        rng = self.rng
        found = {
            "objective": self.objective, "verbosity": -1, "num_threads": 1, "seed": self.seed,
            "min_data_in_leaf": int(rng.choice([1, 5, 20])), "boosting": self.boosting,
            "num_leaves": int(rng.choice([2, 5, 31, 90])),
            "learning_rate": float(rng.choice([0.05, 0.1, 0.3, 1.0, 0.0123456789])),
        }  # fmt: skip
        if self.objective == "custom":
            found["objective"] = squares
        if self.boosting == "rf":
            found |= {"bagging_freq": 1, "bagging_fraction": 0.7}
        if self.boosting == "dart":
            found |= {"drop_rate": 0.5, "xgboost_dart_mode": self.chance(0.3)}
        for values, share in SETTINGS:
            if self.chance(share) and not (self.boosting == "rf" and "bagging_freq" in values):
                found |= {key: rng.choice(list(held)).item() for key, held in values.items()}
        return found | self.rare_settings()

    def rare_settings(self) -> dict:
        rng, found = self.rng, {}
        is_plain = self.boosting == "gbdt" and self.objective in ("binary", "regression", "poisson")
        if is_plain and self.chance(0.15):
            found["linear_tree"] = True
            self.tags.append("linear")
        elif self.boosting == "gbdt" and self.chance(0.1):
            found["use_quantized_grad"] = True
        if not self.categories and "linear" not in self.tags and self.chance(0.1):
            found["monotone_constraints"] = rng.integers(-1, 2, self.width).tolist()
            found["monotone_constraints_method"] = str(rng.choice(["basic", "advanced"]))
        if self.chance(0.1):
            split = {"feature": 0, "threshold": 0.5}
            found["forcedsplits_filename"] = self.file("force", {**split, "right": split})
        if self.chance(0.1):
            bounds = [{"feature": 0, "bin_upper_bound": [-0.5, 0.1, 0.7]}]
            found["forcedbins_filename"] = self.file("bins", bounds)
        return found

    def file(self, name: str, content: object) -> str:
        path = self.folder / f"{name}{self.seed}.json"
        path.write_text(json.dumps(content))
        return str(path)

    def dataset(self, matrix: np.ndarray, label: np.ndarray) -> lightgbm.Dataset:
        names = [f"ä=é{i}" if self.seed % 5 == 0 else f"f{i}" for i in range(self.width)]
        return lightgbm.Dataset(
            matrix, label, group=self.group(), feature_name=names,
            categorical_feature=self.categories, free_raw_data=False,
        )  # fmt: skip

    def group(self) -> list[int] | None:
        if self.objective not in RANKING:
            return None
        return [self.rows // 6] * 5 + [self.rows - 5 * (self.rows // 6)]

    def trained(self) -> lightgbm.Booster:
        calls = []
        if self.boosting == "gbdt" and self.chance(0.1):
            calls.append(lightgbm.reset_parameter(learning_rate=lambda i: 0.3 * 0.9**i))
        train, valid = self.dataset(self.matrix, self.label), None
        if self.boosting != "dart" and self.objective != "custom" and self.chance(0.15):
            calls.append(lightgbm.early_stopping(2, verbose=False))
            other = self.rng.permutation(self.label)
            valid = [lightgbm.Dataset(self.matrix, other, reference=train, group=self.group())]
        trees = int(self.rng.choice([1, 3, 12, 30]))
        booster = lightgbm.train(dict(self.params), train, trees, valid, callbacks=calls)
        return self.changed(booster)

    def changed(self, booster: lightgbm.Booster) -> lightgbm.Booster:
        """Do to a trained model what its owner may: continue, refit, roll back, shuffle, edit."""
        is_tame = self.boosting != "rf" and "linear" not in self.tags
        draw = self.rng.random()
        if draw < 0.18 and is_tame:
            self.tags.append("continued")
            matrix, label = self.data()
            settings = self.params | {"learning_rate": 0.17, "zero_as_missing": self.chance(0.5)}
            return lightgbm.train(settings, self.dataset(matrix, label), 7, init_model=booster)
        if draw < 0.3 and is_tame and self.objective != "custom":
            self.tags.append("refit")
            group = {"group": self.group()} if self.group() else {}
            return booster.refit(self.matrix, self.rng.permutation(self.label), 0.5, **group)
        if draw < 0.34:
            self.tags.append("shuffled")
            booster.shuffle_models()
        elif draw < 0.38:
            self.tags.append("edited")
            booster.set_leaf_output(0, 0, 1 / 3)
        elif draw < 0.44 and is_tame:
            self.tags.append("rolled-back")
            booster = lightgbm.train(
                self.params, self.dataset(self.matrix, self.label), 5, keep_training_booster=True
            )
            booster.rollback_one_iter()
        return booster

    def save(self) -> None:
        booster = self.trained()
        how: dict = {}
        if self.chance(0.25):
            how["num_iteration"] = int(self.rng.integers(1, 9))
            self.tags.append("sliced")
        if self.chance(0.12):
            how["importance_type"] = "gain"
            self.tags.append("gain")
        if self.chance(0.25):
            booster = lightgbm.Booster(model_str=booster.model_to_string())
            self.tags.append("reloaded")
        booster.save_model(self.folder / f"{self.seed:05d}-{'-'.join(self.tags)}.txt", **how)


def small_model(path: Path) -> Path:
    """Numbers, counts, categories, missing values; small, so that damage often hits what counts."""
    rng = np.random.default_rng(5)
    data = rng.standard_normal((900, 6)).astype(np.float32)
    data[:, 1], data[:, 2] = rng.integers(0, 40, 900), rng.poisson(2, 900)
    signal = data[:, 0] + np.sin(data[:, 1]) + rng.standard_normal(900)
    data[rng.random(data.shape) < 0.1] = np.nan
    settings = {
        "objective": "binary", "num_leaves": 15, "min_data_in_leaf": 5, "seed": 1,
        "verbosity": -1, "num_threads": 1,
    }  # fmt: skip
    train = lightgbm.Dataset(data, signal > 0.3, categorical_feature=[1])
    lightgbm.train(settings, train, 10).save_model(path)
    return path


def squares(predicted: np.ndarray, data: lightgbm.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """A custom objective."""
    return predicted - data.get_label(), np.ones(len(predicted))


def main() -> None:
    folder, count, first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for seed in range(first, first + count):
        child = os.fork()
        if child == 0:
            signal.alarm(SECONDS)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            try:
                Zoo(seed, folder).save()
            finally:
                os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
