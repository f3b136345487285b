import pytest
from pydantic import ValidationError

from models.params import MEDIUM, GateSettings, LeakageSettings, TrainSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"unknown": 1},
        {"max_bin": 256},
        {"num_threads": 0},
        {"train_share": 0.7},
        {"candidates": []},
        {"candidates": [MEDIUM.model_dump()]},
        {"candidates": [{**MEDIUM.model_dump(), "leaves": 256}]},
        {"leakage": {"static_action": "ignore"}},
    ],
)
def test_refuses(wrong):
    with pytest.raises(ValidationError):
        TrainSettings.model_validate(wrong)


def test_survives_json_and_is_frozen():
    settings = TrainSettings(seed=3, leakage=LeakageSettings(leak_auc=0.95))
    assert TrainSettings.model_validate_json(settings.model_dump_json()) == settings
    with pytest.raises(ValidationError):
        settings.seed = 4
    with pytest.raises(ValidationError):
        GateSettings(min_positives=0)
