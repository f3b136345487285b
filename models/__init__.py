"""Training, calibration, evaluation, artefacts and scoring on plain frames and arrays.

Submodules that a caller works with: `models.train`, `models.artifact`, `models.model`,
`models.params` (settings alone, without the heavy imports).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.artifact import load, save
    from models.errors import ModelError
    from models.kernel import Scorer
    from models.model import Model
    from models.params import GateSettings, TrainSettings

__all__ = ["GateSettings", "Model", "ModelError", "Scorer", "TrainSettings", "load", "save"]

_HOME = {
    "GateSettings": "models.params",
    "Model": "models.model",
    "ModelError": "models.errors",
    "Scorer": "models.kernel",
    "TrainSettings": "models.params",
    "load": "models.artifact",
    "save": "models.artifact",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import on first use: settings and ``--help`` must not pay for LightGBM."""
    from importlib import import_module

    if name not in _HOME:
        message = f"module 'models' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOME[name]), name)
