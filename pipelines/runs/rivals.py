"""What is in force, asked about the same rows as the candidate that wants its place."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from features.build import build
from models import Model
from models.contest import Field, Rival
from pipelines.errors import RefusedError
from pipelines.runs.context import RunContext
from pipelines.runs.registry import DATED, FULL, LEAD_ONLY, load_model
from pipelines.store import Database
from pipelines.store.ledger import Ledger, models


@dataclass
class InForce:
    """One champion and its raw scores, gathered batch by batch.

    Attributes
    ----------
    model_id : str
    model : Model or None
        None = it cannot be loaded, or nothing could be concluded from its scores.
    why_not : str
    """

    model_id: str
    model: Model | None
    why_not: str
    rows: list[pl.Series] = field(default_factory=list)
    open_rows: list[pl.Series] = field(default_factory=list)

    def rival(self) -> Rival:
        """Return what the gates are told."""
        if self.model is None:
            return Rival(self.model_id, why_not=self.why_not)
        last = self.model.manifest["blocks"]["test"]["last_at"]
        return Rival(
            self.model_id,
            self.model.score_source,
            np.datetime64(date.fromisoformat(last)) if last else None,
            raw=pl.concat(self.rows).to_numpy() if self.rows else None,
            scoring=pl.concat(self.open_rows).to_numpy() if self.open_rows else None,
            why_not="no row to compare on",
        )


class Rivals:
    """The champions of one population: full and lead-only."""

    def __init__(self, ctx: RunContext, ledger: Ledger, population: str) -> None:
        self._known: dict[str, InForce] = {}
        for variant in (FULL, LEAD_ONLY):
            model_id = models.champion(ledger, population, variant)
            if model_id is not None:
                self._known[variant] = _opened(ctx, model_id, is_dated=population == DATED)

    @property
    def inputs(self) -> set[str]:
        """Input columns that the champions read."""
        return {c for one in self._usable() for c in one[1].features.inputs}

    def see(self, batch: pl.DataFrame) -> None:
        """Score a batch of labelled rows; batches come in the order of the training set."""
        for known, model in self._usable():
            known.rows.append(_raw(model, batch))

    def see_open(self, batch: pl.DataFrame) -> None:
        """Score a batch of leads without a known outcome."""
        for known, model in self._usable():
            known.open_rows.append(_raw(model, batch))

    def field(self, variant: str, capacity_share: float | None) -> Field:
        """Return what a candidate for `variant` is held against."""
        known = self._known.get(variant)
        return Field(None if known is None else known.rival(), capacity_share)

    def _usable(self) -> list[tuple[InForce, Model]]:
        return [(one, one.model) for one in self._known.values() if one.model is not None]


def capacity_share(db: Database, ctx: RunContext) -> float | None:
    """Return the share of the scorable persons of the last night that tonight's capacity reaches.

    None where no night was published yet.
    """
    if "eligibility" not in {*db.tables(), *db.views()}:
        return None
    scorable = int(db.scalar("SELECT count(*) FROM eligibility WHERE is_scorable"))
    quota = sum(sum(handlers.values()) for handlers in ctx.settings.capacity.values())
    return min(1.0, quota / scorable) if scorable else None


def _opened(ctx: RunContext, model_id: str, *, is_dated: bool) -> InForce:
    try:
        model = load_model(ctx.home, model_id)
    except RefusedError as error:
        return InForce(model_id, None, f"it cannot be loaded ({error.found})")
    if not is_dated:
        why = "nothing tells which rows of a file without dates it has learnt from"
        return InForce(model_id, None, why)
    return InForce(model_id, model, "")


def _raw(model: Model, batch: pl.DataFrame) -> pl.Series:
    return model.score(build(batch, model.features))["raw_score"]
