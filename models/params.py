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
    is_random: bool = Field(default=False, description="one random threshold per feature and node")
    min_positives: int = Field(default=0, ge=0, description="tried from so many conversions on")
    bins: int | None = Field(
        default=None, ge=15, le=4095, description="bins per feature, instead of max_bin"
    )
    must_pay: bool = Field(
        default=False, description="tried only if the one before it is clearly the best so far"
    )


# "small" is the setting that beat both the default and a 60-second FLAML search on small and
# drifting data (shared measurements); "random" (extremely randomised trees, Geurts et al. 2006,
# doi:10.1007/s10994-006-6226-1) errs differently; the others are for data that can pay for more
# leaves. Trees are capped because every tree is paid for 100 million times a night.
SMALL = Candidate(
    name="small", trees=300, leaves=7, learning_rate=0.02, feature_fraction=0.3, lambda_l2=10
)
RANDOM = Candidate(
    name="random", trees=300, leaves=15, learning_rate=0.05, feature_fraction=0.5, lambda_l2=10,
    is_random=True,
)  # fmt: skip
MEDIUM = Candidate(
    name="medium", trees=300, leaves=15, learning_rate=0.05, feature_fraction=0.4, lambda_l2=10,
    min_leaf_rows=50, min_positives=100,
)  # fmt: skip
LARGE = Candidate(
    name="large", trees=300, leaves=31, learning_rate=0.08, feature_fraction=0.5, lambda_l2=5,
    bagging_fraction=0.8, min_leaf_rows=100, min_positives=1000,
)  # fmt: skip
# Only where the one before leaves all smaller ones behind: most nights need not pay for these. More
# bins: amounts crowd at round numbers, and 255 bins cut between them (62,000 opportunities: AUC
# 0.854 with 255 bins, 0.859 with 1,023, 0.861 with 127 leaves as well).
FINE = LARGE.model_copy(
    update={"name": "fine", "bins": 1023, "min_positives": 3000, "must_pay": True}
)
HUGE = Candidate(
    name="huge", trees=300, leaves=127, learning_rate=0.05, feature_fraction=0.4, lambda_l2=2,
    bagging_fraction=0.8, min_leaf_rows=10, bins=1023, min_positives=3000, must_pay=True,
)  # fmt: skip


class LeakageSettings(_Frozen):
    """Thresholds of the leakage checks and what follows from them.

    AUCs of one column alone: measured on nine public sets, honest columns reach 0.76 (time on the
    website, x_education), facts made by the sale start at 0.79 (lead quality) and 0.81 (duration
    of the call, bank marketing). Correlation, Cramer's V, fill rates and drift: TransmogrifAI's
    defaults. The rest: measured on the same sets, docs/decisions/0017.
    """

    leak_auc: float = Field(default=0.90, gt=0.5, le=1)
    suspect_auc: float = Field(default=0.78, gt=0.5, le=1)
    leak_null_correlation: float = Field(default=0.95, gt=0, le=1)
    suspect_null_correlation: float = Field(default=0.5, gt=0, le=1)
    leak_fill_difference: float = Field(default=0.90, gt=0, le=1)
    leak_cramers_v: float = Field(default=0.95, gt=0, le=1)
    dead_cell_odds_ratio: float = Field(default=0.10, ge=0, lt=1)
    dead_cell_share: float = Field(default=0.02, gt=0, le=1, description="share of the rows")
    rule_share: float = Field(
        default=0.02, gt=0, le=1, description="share of rows whose value never failed to convert"
    )
    filled_rule: float = Field(
        default=0.9, gt=0, le=1, description="share of filled rows without an exception"
    )
    dominance: float = Field(
        default=0.15,
        gt=0,
        le=1,
        description="share of the AUC above 0.5 lost with a suspect column",
    )
    lopsided_share: float = Field(
        default=0.10, gt=0, le=1, description="rows of a suspect column with all but sure values"
    )
    second_null_correlation: float = Field(
        default=0.3, gt=0, le=1, description="of being empty with the outcome, suspect column"
    )
    made_auc: float = Field(
        default=0.58, gt=0.5, le=1, description="AUC from which independence of the rest counts"
    )
    pair_auc: float = Field(default=0.75, gt=0.5, le=1)
    pair_gain: float = Field(default=0.10, gt=0, le=0.5, description="AUC above the sum of two")
    part_jump: float = Field(default=0.15, gt=0, le=0.5, description="AUC above that in all rows")
    fill_shift: float = Field(
        default=0.9, gt=0, le=1, description="fill rate between fifths of the time"
    )
    plausible_auc: float = Field(
        default=0.90, gt=0.5, le=1, description="AUC of all columns that is believed"
    )
    together_auc: float = Field(
        default=0.70, gt=0.5, le=1, description="AUC of a suspect where all are above plausible_auc"
    )
    implausible_auc: float = Field(
        default=0.95, gt=0.5, le=1, description="AUC of all that is not believed without a leak"
    )
    least_contribution: float = Field(
        default=0.002, ge=0, le=0.5, description="AUC that a block must bring to be taken out"
    )
    drift_divergence: float = Field(default=0.90, gt=0, le=1, description="Jensen-Shannon, bits")
    drift_fill_difference: float = Field(default=0.90, gt=0, le=1)
    drift_fill_ratio: float = Field(default=20, gt=1)
    sample_rows: int = Field(default=200_000, ge=1000, description="rows looked at")
    joint_rows: int = Field(default=10_000, ge=500, description="rows of models of all columns")
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
    candidates: tuple[Candidate, ...] = (SMALL, RANDOM, MEDIUM, LARGE, FINE, HUGE)
    candidate_margin_se: float = Field(
        default=1.0,
        ge=0,
        description="standard errors of loss that a candidate may cost the average it joins",
    )
    early_stopping_rounds: int = Field(default=50, ge=1, description="trees without improvement")
    early_stopping_min_positives: int = Field(default=50, ge=1, description="else: all trees")
    fit_max_rows: int = Field(
        default=1_000_000, ge=1000, description="rows per fit; above, the commoner class is sampled"
    )
    train_share: float = Field(default=0.5, gt=0, lt=1, description="share of rows")
    stop_share: float = Field(default=0.15, gt=0, lt=1, description="share of rows")
    calibrate_share: float = Field(default=0.15, gt=0, lt=1, description="share of rows")
    test_share: float = Field(default=0.2, gt=0, lt=1, description="share of rows")
    plenty_rows: int = Field(
        default=100_000,
        ge=1000,
        description="rows from which half the trees of twice the step, and half the folds (at "
        "least two), do",
    )
    cross_fit_max_rows: int = Field(
        default=1_500_000, ge=0, description="rows up to which calibration is cross-fitted"
    )
    cross_fit_folds: int = Field(
        default=4,
        ge=2,
        le=20,
        description="folds of persons; from plenty_rows half of them, at least two",
    )
    holdout_share: float = Field(
        default=0.3, gt=0, lt=1, description="share of the later persons no tree sees, above that"
    )
    isotonic_min_positives: int = Field(
        default=1000, ge=20, description="conversions for isotonic calibration, else Platt"
    )
    logistic_max_rows: int = Field(default=200_000, ge=100, description="rows for the baseline")
    fact_bins: int = Field(default=8, ge=2, le=50, description="quantile bins of a number")
    fact_min_rows: int = Field(default=50, ge=1, description="rows behind a stated rate")
    leave_out: tuple[str, ...] = Field(
        default=(), description="features or columns of the export that no model may use, by name"
    )
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
    max_auc_below_logistic: float = Field(
        default=0.0, ge=0, le=0.5, description="AUC; what chance explains is not held against it"
    )
    min_lift: float = Field(default=1.0, ge=0, description="lift at capacity must exceed it")
    min_lift_over_newest: float = Field(
        default=0.0,
        ge=0,
        description="lift at capacity above 'newest first', if dates are known",
    )
    max_auc_below_champion: float = Field(
        default=0.0, ge=0, le=0.5, description="AUC; what chance explains is never held against it"
    )
    max_lift_below_champion: float = Field(
        default=0.0, ge=0, le=1, description="share of the champion's lift at capacity, likewise"
    )
    max_score_drift: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="Jensen-Shannon divergence, bits, of scores learnt from and to be given",
    )
    max_churn: float = Field(
        default=1.0, ge=0, le=1, description="share of the champion's top that may be replaced"
    )
    min_scorecard_positives: int = Field(
        default=20, ge=2, description="conversions, and others, for a scorecard"
    )
    min_scorecard_evidence: float = Field(
        default=1.0, ge=0, description="standard errors by which it lowers the loss of others"
    )
    max_calibration_error: float = Field(
        default=0.25, gt=0, le=1, description="calibration error above chance / rarer class"
    )
    max_count_error: float = Field(
        default=0.25, gt=0, le=1, description="|expected - observed| conversions / observed"
    )
