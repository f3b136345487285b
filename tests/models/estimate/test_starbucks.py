"""A real randomised campaign: intervals of small, lopsided draws of it hold the whole's figures."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.estimate import Campaign, best, forecasts_of, gain_of, value_of
from models.estimate.design import design_of
from tests.models.estimate.test_share import LEAST, SEEDS

FILE = Path(__file__).resolve().parents[4] / "shared/data/starbucks_promo/training.csv"
ROWS = 6_000


@pytest.mark.slow
@pytest.mark.skipif(not FILE.is_file(), reason="the campaign is not part of the repository")
def test_intervals_of_draws_hold_what_the_whole_campaign_says():
    frame = pl.read_csv(FILE)
    treated = (frame["Promotion"] == "Yes").to_numpy()
    bought = frame["purchase"].to_numpy().astype(float)
    score = frame["V5"].to_numpy() + 10.0 * frame["V4"].to_numpy()
    # Within a draw people of V4 = 2 were treated far more often than others.
    chance = np.where(frame["V4"].to_numpy() == 2, 0.8, 0.15)
    whole = Campaign(bought, treated, np.full(len(bought), treated.mean()))
    rules = {"all": lambda s: np.ones(len(s)), "rank": lambda s: best(s, 0.3),
             "lot": lambda s: np.full(len(s), 0.3)}  # fmt: skip
    truth = {name: value_of(whole, rule(score)).normalised.value for name, rule in rules.items()}
    truth["gain"] = truth["rank"] - truth["lot"]
    covered = {(name, kind): 0 for name in truth for kind in ("plain", "normalised", "robust")}
    design = design_of(frame.select("V1", "V2", "V3", "V4", "V5", "V6", "V7").cast(pl.String))
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        kept = rng.random(len(bought)) < np.where(treated, chance, 1 - chance)
        rows = rng.permutation(np.flatnonzero(kept))[:ROWS]
        drawn = Campaign(bought[rows], treated[rows], chance[rows])
        forecast = forecasts_of(drawn, design[rows])
        drawn = Campaign(bought[rows], treated[rows], chance[rows], forecast)
        found = {name: value_of(drawn, rule(score[rows])) for name, rule in rules.items()}
        found["gain"] = gain_of(drawn, rules["rank"](score[rows]), rules["lot"](score[rows]))
        for name, value in found.items():
            kinds = {"plain": value.plain, "normalised": value.normalised,
                     "robust": value.doubly_robust}  # fmt: skip
            for kind, one in kinds.items():
                covered[name, kind] += one.low <= truth[name] <= one.high
    assert min(covered.values()) >= LEAST * SEEDS, covered
