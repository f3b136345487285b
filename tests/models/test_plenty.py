"""Where rows are plenty, each costs less: larger steps, fewer trees, fewer folds."""

from models.params import LARGE, SMALL, TrainSettings
from models.train import train
from tests.models.conftest import CONTEXT
from tests.models.data import training_set

PLENTY = TrainSettings(
    num_threads=1,
    plenty_rows=1500,
    candidates=(
        SMALL.model_copy(update={"trees": 41}),
        LARGE.model_copy(update={"trees": 10, "min_positives": 0}),
    ),
)


def tried(rows: int) -> dict[str, int]:
    data, features = training_set(rows)
    # No early stopping: every tree of the limit is grown.
    whole = PLENTY.model_copy(update={"early_stopping_min_positives": 10**6})
    found = train(data, features, whole, context=CONTEXT).manifest["model"]
    assert found["fitted"]["folds"] == (2 if rows >= PLENTY.plenty_rows else 4)
    return {one["candidate"]: one["trees"] for one in found["candidates"]}


def test_small_steps_are_doubled_and_their_trees_halved_and_two_folds_do():
    # The block that candidates learn from holds half of the rows.
    assert tried(3200) == {"small": 21, "large": 10, "logistic": None}
    assert tried(1450) == {"small": 41, "large": 10, "logistic": None}
    assert tried(2000)["small"] == 41
