"""The published night as plain values: funnel, top of the list, what would unblock how many."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.eligible import mask_counts, unblock_report
from pipelines.errors import RefusedError
from pipelines.publish.activity import newest_activity
from pipelines.publish.outbox import LIST_NAME
from pipelines.runs.context import need_snapshot
from pipelines.runs.list_words import list_words
from pipelines.runs.registry import BY_HAND
from pipelines.score.stated_order import IN_WORDS
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger, models

TOP_ROWS = 10
_UNBLOCK_ROWS = 8


@dataclass(frozen=True)
class NightSummary:
    """What the published night decided.

    Attributes
    ----------
    run_id : str
    as_of : str
        ISO date.
    funnel : list of dict
        step, detail, count and, where the detail is a reason code, its description; in order.
    top : list of dict
        The first rows of the list, without contact points.
    unblock : list of dict
        What would open how many persons per channel.
    places : dict
        Where the store, the list and the model are.
    ordered_by : dict
        ``score_source``, ``model_id`` and, in words, what the list is ordered by; what a person has
        put in force against its gates is named so.
    about_list : list of str
        What is to be said about the list: value, lot, changes since the last one.
    activity : list of dict
        Attempts by channel and handler, of the newest week and of the newest that is complete; see
        `pipelines.publish.activity`.
    """

    run_id: str
    as_of: str
    funnel: list[dict[str, Any]]
    top: list[dict[str, Any]]
    unblock: list[dict[str, Any]]
    places: dict[str, str]
    ordered_by: dict[str, str | None]
    about_list: list[str]
    activity: list[dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """Return the summary as JSON values."""
        return dict(vars(self))


def summarise(home: Home) -> NightSummary:
    """Read the published night.

    Raises
    ------
    RefusedError
        No night has been published yet.
    """
    with Database.open(need_snapshot(home), read_only=True, memory_gb=1.0) as db:
        run_id = db.scalar("SELECT value FROM meta WHERE key = 'nightly_run_id'")
        if run_id is None:
            raise RefusedError("no night has been published", fix="run `lead-triage nightly` first")
        as_of, model_id = db.frame(
            "SELECT as_of, model_id FROM run WHERE run_id = $run_id", run_id=run_id
        ).row(0)
        funnel = db.frame(
            "SELECT step, detail, count, description FROM funnel"
            " LEFT JOIN reason ON reason.code = funnel.detail ORDER BY funnel.rowid"
        ).to_dicts()
        has_card = db.exists("scorecard") and bool(db.scalar("SELECT count(*) FROM scorecard"))
        about = list_words(db, Settings.load(home.settings_file).value)
        activity = newest_activity(db, as_of=as_of.date())
        unblock = unblock_report(mask_counts(db)).filter(pl.col("persons") > 0)
    folder = home.outbox / run_id
    listed = pl.read_parquet(folder / LIST_NAME)
    places = {
        "store": str(home.current),
        "list": str(folder / "list.csv"),
        "model": str(home.models / model_id) if model_id else "none",
        "home": str(home.root),
    }
    return NightSummary(
        run_id=run_id,
        as_of=as_of.date().isoformat(),
        funnel=funnel,
        top=listed.head(TOP_ROWS).to_dicts(),
        unblock=unblock.head(_UNBLOCK_ROWS).to_dicts(),
        places=places,
        ordered_by=_ordered_by(home, model_id, has_card=has_card),
        about_list=about,
        activity=activity,
    )


def _ordered_by(home: Home, model_id: str | None, *, has_card: bool) -> dict[str, str | None]:
    if model_id is None:
        return {
            "score_source": "none",
            "model_id": None,
            "words": f"no model is in force: ordered by {IN_WORDS}",
        }
    source = "scorecard" if has_card else "model"
    words = f"ordered by the probability of {source} {model_id}"
    if has_card:
        words += ": shrunk rates of a few columns (table scorecard), because labels are few"
    with Ledger(home.ledger) as ledger:
        standing = [r.reason for r in models.listing(ledger) if r.model_id == model_id]
    if standing and BY_HAND in standing[0]:
        words += f"; put in force {standing[0]}"
    return {"score_source": source, "model_id": model_id, "words": words}


def published_list(home: Home, run_id: str) -> pl.DataFrame:
    """Return the whole list of a run, in rank order."""
    path: Path = home.outbox / run_id / LIST_NAME
    if not path.is_file():
        raise RefusedError(
            f"the list of run {run_id} is gone from the outbox", fix="run `lead-triage nightly`"
        )
    return pl.read_parquet(path)
