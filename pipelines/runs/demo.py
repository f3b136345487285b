"""The demo: a CRM backlog through the whole path, a real campaign through load, train and score."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.errors import BadInputError
from pipelines.load import load_mapping
from pipelines.runs.context import Progress, silent
from pipelines.runs.landing import expand
from pipelines.runs.load import LoadedFile, LoadRequest, run_load
from pipelines.runs.nightly import NightlyResult, run_nightly
from pipelines.runs.registry import DATED, FULL, load_model, static_population
from pipelines.runs.score_file import ScoredFile, run_score
from pipelines.runs.train import run_train
from pipelines.runs.trial import Trained
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, models

# The day on which the sample backlog was exported; a night after it would find every feed stale.
SAMPLE_DAY = date(2026, 10, 1)
DEMO_HOME = Path("lead-triage-demo")
BANK = "bank"


@dataclass(frozen=True)
class DemoResult:
    """What the demo did.

    Attributes
    ----------
    loaded : list of LoadedFile
    backlog, campaign : Trained
        The model of the backlog (full) and the one of the real campaign.
    scored : ScoredFile
        The real campaign, ranked.
    night : NightlyResult
    is_unchanged : bool
        Everything was there already.
    """

    loaded: list[LoadedFile]
    backlog: Trained
    campaign: Trained
    scored: ScoredFile
    night: NightlyResult
    is_unchanged: bool


def samples_folder() -> Path:
    """Return the folder of the data samples, in a checkout or beside the installed package.

    Raises
    ------
    BadInputError
        The samples are not there.
    """
    package = Path(__file__).parents[1]
    for folder in (package.parent / "data_samples", package / "data_samples"):
        if (folder / "backlog").is_dir():
            return folder
    raise BadInputError("the data samples are missing", fix="install lead-triage again")


def run_demo(home: Home, progress: Progress = silent) -> DemoResult:
    """Run the demo in `home`; a second run finds nothing to do."""
    samples = samples_folder()
    loaded = run_load(home, _requests(samples), progress=progress)
    is_new = any(not file.was_loaded_before for file in loaded)
    backlog = _model(home, DATED, None, is_new=is_new, progress=progress)
    campaign = _model(home, static_population(BANK), BANK, is_new=is_new, progress=progress)
    progress("score bank", None, 0.0)
    scored = run_score(
        samples / BANK / "bank.csv.gz",
        home.root / "bank-ranked.csv",
        mapping=load_mapping(samples / BANK / "mapping.toml"),
        model=campaign.model.model_id,
        as_of=SAMPLE_DAY,
        home=home,
    )
    progress("score bank", {"rows": scored.records}, 0.0)
    night = run_nightly(home, as_of=SAMPLE_DAY, progress=progress)
    return DemoResult(
        loaded=loaded,
        backlog=backlog,
        campaign=campaign,
        scored=scored,
        night=night,
        is_unchanged=night.is_unchanged and not is_new,
    )


def _requests(samples: Path) -> list[LoadRequest]:
    """Name every sample with its mapping; the folder's first word is what the files hold."""
    mappings = sorted((samples / "backlog" / "mappings").glob("*.toml"), key=_leads_first)
    requests = [
        LoadRequest(
            expand([samples / "backlog" / mapping.stem]),
            mapping.stem.split("_")[0],
            load_mapping(mapping),
        )
        for mapping in mappings
    ]
    bank = samples / BANK
    campaign = LoadRequest([bank / "bank.csv.gz"], "leads", load_mapping(bank / "mapping.toml"))
    return [*requests, campaign]


def _leads_first(mapping: Path) -> tuple[bool, str]:
    return not mapping.stem.startswith("leads"), mapping.stem


def _model(
    home: Home, population: str, source: str | None, *, is_new: bool, progress: Progress
) -> Trained:
    """Train, or take the model in force when the data are those it was trained on."""
    with Ledger(home.ledger) as ledger:
        found = models.champion(ledger, population, FULL)
    if found is not None and not is_new:
        return Trained(
            load_model(home, found), is_promoted=True, population=population, variant=FULL
        )
    return run_train(home, as_of=SAMPLE_DAY, source=source, progress=progress)[0]
