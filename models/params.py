"""Settings of training and of the gates: frozen, with units and ranges, unknown keys refused.

The pipelines embed them under ``[train]`` and ``[gates]``.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Action = Literal["report", "quarantine", "block"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Candidate(_Frozen):
    """One LightGBM setting among the few that are tried."""

    name: str = Field(min_length=1)
    trees: int = Field(ge=1, le=2000, description="upper limit; early stopping may use fewer")
    leaves: int = Field(ge=2, le=255, description="leaves per tree")
    learning_rate: float = Field(gt=0, le=1)
    feature_fraction: float = Field(gt=0, le=1, description="share of features per tree")
    bagging_fraction: float = Field(default=1.0, gt=0, le=1, description="share of rows per tree")
    lambda_l2: float = Field(ge=0)
    min_leaf_rows: int = Field(default=20, ge=1, description="rows per leaf")
    min_positives: int = Field(default=0, ge=0, description="tried from so many conversions on")


# "small" is the setting that beat both the default and a 60-second FLAML search on small and
# drifting data (shared measurements); the others are for data that can pay for more leaves. Trees
# are capped because every tree is paid for 100 million times a night.
SMALL = Candidate(
    name="small", trees=300, leaves=7, learning_rate=0.02, feature_fraction=0.3, lambda_l2=10
)
MEDIUM = Candidate(
    name="medium", trees=300, leaves=15, learning_rate=0.05, feature_fraction=0.4, lambda_l2=10,
    min_leaf_rows=50, min_positives=200,
)  # fmt: skip
LARGE = Candidate(
    name="large", trees=300, leaves=31, learning_rate=0.08, feature_fraction=0.5, lambda_l2=5,
    bagging_fraction=0.8, min_leaf_rows=100, min_positives=5000,
)  # fmt: skip


class LeakageSettings(_Frozen):
    """Thresholds of the leakage checks and what follows from them.

    AUCs of one column alone: measured on six public sets, honest columns reach 0.76 (time on the
    website, x_education), facts made by the sale start at 0.79 (lead quality) and 0.81 (duration
    of the call, bank marketing). Correlation, Cramer's V and fill rates: TransmogrifAI's defaults.
    """

    leak_auc: float = Field(default=0.90, gt=0.5, le=1)
    suspect_auc: float = Field(default=0.78, gt=0.5, le=1)
    leak_null_correlation: float = Field(default=0.95, gt=0, le=1)
    suspect_null_correlation: float = Field(default=0.5, gt=0, le=1)
    leak_fill_difference: float = Field(default=0.90, gt=0, le=1)
    leak_cramers_v: float = Field(default=0.95, gt=0, le=1)
    dead_cell_odds_ratio: float = Field(default=0.10, ge=0, lt=1)
    dead_cell_share: float = Field(default=0.02, gt=0, le=1, description="share of the rows")
    static_action: Action = Field(default="quarantine", description="leak, population undated")
    dated_action: Action = Field(default="report", description="leak, population with dates")
    suspect_action: Action = Field(default="report", description="suspect, any population")


class TrainSettings(_Frozen):
    """How a model is trained.

    Every default is a judgement unless its field or its module names a source.
    """

    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    num_threads: int = Field(default=2, ge=1, le=256, description="threads of LightGBM")
    max_bin: int = Field(default=255, ge=15, le=255, description="bins per feature")
    candidates: tuple[Candidate, ...] = (SMALL, MEDIUM, LARGE)
    candidate_margin_se: float = Field(
        default=1.0, ge=0, description="standard errors by which a larger candidate must win"
    )
    early_stopping_rounds: int = Field(default=50, ge=1, description="trees without improvement")
    early_stopping_min_positives: int = Field(default=50, ge=1, description="else: all trees")
    train_share: float = Field(default=0.5, gt=0, lt=1, description="share of rows")
    stop_share: float = Field(default=0.1, gt=0, lt=1, description="share of rows")
    calibrate_share: float = Field(default=0.1, gt=0, lt=1, description="share of rows")
    test_share: float = Field(default=0.3, gt=0, lt=1, description="share of rows")
    isotonic_min_positives: int = Field(
        default=1000, ge=20, description="conversions for isotonic calibration, else Platt"
    )
    logistic_max_rows: int = Field(default=200_000, ge=100, description="rows for the baseline")
    fact_bins: int = Field(default=8, ge=2, le=50, description="quantile bins of a number")
    fact_min_rows: int = Field(default=50, ge=1, description="rows behind a stated rate")
    leakage: LeakageSettings = LeakageSettings()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = self.train_share + self.stop_share + self.calibrate_share + self.test_share
        if abs(total - 1.0) > 1e-9:
            message = f"the four shares add up to {total:g}, not 1"
            raise ValueError(message)
        if not self.candidates or all(c.min_positives > 0 for c in self.candidates):
            message = "no candidate has min_positives = 0, so small data would have none"
            raise ValueError(message)
        return self

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Shares of the blocks: train, stop, calibrate, test."""
        return (self.train_share, self.stop_share, self.calibrate_share, self.test_share)


class GateSettings(_Frozen):
    """What a candidate must reach before it may be promoted."""

    min_positives: int = Field(default=100, ge=1, description="conversions in all four blocks")
    min_negatives: int = Field(default=100, ge=1, description="non-conversions in all four blocks")
    min_test_positives: int = Field(default=20, ge=1, description="conversions in the test block")
    min_auc: float = Field(default=0.5, ge=0, lt=1, description="95% lower bound must exceed it")
    max_auc_below_logistic: float = Field(default=0.01, ge=0, le=0.5, description="AUC")
    min_lift_over_newest: float = Field(
        default=0.0, ge=0, description="lift at 10% above 'newest first', where dates are known"
    )
    max_calibration_error: float = Field(
        default=0.25, gt=0, le=1, description="calibration error above chance / rarer class"
    )
    max_count_error: float = Field(
        default=0.25, gt=0, le=1, description="|expected - observed| conversions / observed"
    )
