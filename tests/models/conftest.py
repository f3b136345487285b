import pytest

from models.model import Model
from models.params import SMALL, TrainSettings
from models.train import train
from tests.models.data import training_set

CONTEXT = {"population": "test", "label": "Converted", "horizon_days": 90, "inputs": ["abc"]}


@pytest.fixture(scope="session")
def quick() -> TrainSettings:
    """One small candidate: what these tests prove does not depend on quality."""
    return TrainSettings(
        num_threads=1, candidates=(SMALL.model_copy(update={"trees": 60, "learning_rate": 0.1}),)
    )


@pytest.fixture(scope="session")
def model(quick: TrainSettings) -> Model:
    data, features = training_set()
    return train(data, features, quick, context=CONTEXT)


@pytest.fixture(scope="session")
def dated_model(quick: TrainSettings) -> Model:
    data, features = training_set(is_dated=True)
    return train(data, features, quick, context=CONTEXT)
