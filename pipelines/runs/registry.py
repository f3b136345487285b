"""Which model serves which purpose, and loading it."""

from pathlib import Path

from models import Model, load
from models.errors import ModelRefusedError
from pipelines.errors import RefusedError
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, models

DATED = "dated"
FULL = "full"
LEAD_ONLY = "lead_only"


def static_population(source_system: str) -> str:
    """Return the name of the population of a source without dates."""
    return f"static:{source_system}"


def nightly_champion(ledger: Ledger) -> str | None:
    """Return the id of the model that scores the nightly, or None."""
    return models.champion(ledger, DATED, FULL)


def load_model(home: Home, model: str) -> Model:
    """Load a model by id, or by the path of its folder.

    Raises
    ------
    RefusedError
        There is none, or it is not what its manifest says.
    """
    folder = home.models / model
    if not folder.is_dir():
        folder = Path(model)
    return load_folder(folder)


def load_folder(folder: Path) -> Model:
    """Load the model in `folder`; see :func:`load_model`."""
    if not (folder / "manifest.json").is_file():
        raise RefusedError(
            f"there is no model at {folder}",
            expected="a model id of this home, or a folder with model.txt and manifest.json",
            fix="see `lead-triage models list`",
        )
    try:
        return load(folder)
    except ModelRefusedError as error:
        raise RefusedError(error.found, error.expected, error.fix) from None
