"""The truth is as hard as it was meant to be: not too easy, and not to be known entirely."""

from types import SimpleNamespace

import lightgbm
import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from pipelines.generate.block import block
from pipelines.generate.contacts import chances_at
from pipelines.generate.hidden import MODEST, Hidden
from pipelines.generate.inbound import Inbound
from pipelines.generate.times import DAY_S, END_S, midnight

BLOCKS = 6  # about 215,000 leads


def observable(whole) -> np.ndarray:
    """What the files tell of each episode's person before the day of contact."""
    story, people, firms = whole.story, whole.people, whole.firms
    who, day = story.person, midnight(story.at_s)
    engaged = np.full((who.size, 3), np.nan)
    for ordinal in range(int(story.ordinal.max()) + 1):
        mine = story.ordinal == ordinal
        moment = np.zeros(people.count, dtype=np.int64)
        moment[who[mine]] = day[mine]
        did = whole.events.until(moment)
        engaged[mine] = np.column_stack([did.days_since, did.last_90d, did.last_365d])[who[mine]]
    company = people.company[who]
    columns = [
        people.source[who],
        people.seniority[who],
        np.where(company >= 0, firms.industry[company], 99),
        people.email_kind[who],
        people.phone_kind[who],
        np.where(company >= 0, firms.log_size[company], np.nan),
        people.has_mobile[who],
        day - people.created_s[who],
    ]
    engaged[np.isinf(engaged)] = np.nan
    return np.column_stack([*columns, engaged])


@pytest.fixture(scope="module")
def world():
    wholes = [block(2026, number, 10**9) for number in range(BLOCKS)]
    at_s = np.concatenate([w.story.at_s for w in wholes])
    complete = at_s < END_S - 90 * DAY_S
    return SimpleNamespace(
        wholes=wholes,
        at_s=at_s[complete],
        p=np.concatenate([w.story.probability for w in wholes])[complete],
        converted=np.concatenate([w.story.episode_converted_s < END_S for w in wholes])[complete],
        matrix=np.concatenate([observable(w) for w in wholes])[complete],
        leads=sum(w.rows.person.size for w in wholes),
    )


def test_best_possible_auc(world):
    assert world.leads > 200_000
    assert 0.80 <= roc_auc_score(world.converted, world.p) <= 0.85


def test_truth_is_calibrated(world):
    assert world.converted.mean() == pytest.approx(world.p.mean(), abs=0.002)
    top = world.p > np.quantile(world.p, 0.95)
    assert world.converted[top].mean() == pytest.approx(world.p[top].mean(), abs=0.02)


def test_base_rate_and_reach(world):
    assert 0.06 <= world.converted.mean() <= 0.08
    reached = [np.unique(w.story.person).size / w.people.count for w in world.wholes]
    assert np.mean(reached) == pytest.approx(0.62, abs=0.03)


def test_a_model_on_the_observable_part_comes_close_but_not_all_the_way(world):
    cut = np.quantile(world.at_s, 0.75)
    past, test = world.at_s < cut - 90 * DAY_S, world.at_s >= cut
    settings = {
        "objective": "binary",
        "num_leaves": 15,
        "learning_rate": 0.1,
        "min_data_in_leaf": 60,
        "lambda_l2": 10.0,
        "seed": 1,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }
    data = lightgbm.Dataset(
        world.matrix[past], world.converted[past], categorical_feature=[0, 1, 2, 3, 4]
    )
    score = lightgbm.train(settings, data, 70).predict(world.matrix[test])
    reachable = roc_auc_score(world.converted[test], score)
    assert 0.77 <= reachable <= 0.82
    assert roc_auc_score(world.converted[test], world.p[test]) > reachable + 0.005


def more_of_the_contacted(whole, values: np.ndarray) -> float:
    """How far the contacted lie above the others."""
    ever = np.zeros(whole.people.count, dtype=bool)
    ever[whole.story.person] = True
    return values[ever].mean() - values[~ever].mean()


def test_contact_was_not_random_and_the_files_tell_by_what(world):
    whole = world.wholes[0]
    observable = whole.story.steady - MODEST.weight * whole.people.hidden
    assert more_of_the_contacted(whole, observable) > 0.3
    assert more_of_the_contacted(whole, whole.people.hidden) < 0.08


def test_in_a_harder_world_sales_chose_by_what_no_file_carries(world):
    hard = block(2026, 0, 10**9, Hidden(weight=0.7, selection=1.0))
    assert more_of_the_contacted(hard, hard.people.hidden) > 0.35
    assert np.array_equal(hard.people.created_s, world.wholes[0].people.created_s)


def test_the_files_tell_nearly_who_is_best(world):
    """The best hundredth of the open leads by all but the hidden variable, beside the truth's."""
    found = []
    for whole in world.wholes:
        story = whole.story
        reached, _ = chances_at(whole.people, whole.events, story, END_S)
        is_open = np.minimum(story.converted_s, story.opt_out_s) >= END_S
        told = np.log(reached / (1 - reached)) - MODEST.weight * whole.people.hidden
        found.append(np.column_stack([reached, told])[is_open])
    reached, told = np.concatenate(found).T
    best = len(reached) // 100
    share = reached[np.argsort(-told)[:best]].mean() / np.sort(reached)[-best:].mean()
    assert 0.95 <= share <= 0.99


def test_a_contact_never_hurts_and_little_happens_without(world):
    whole = world.wholes[0]
    reached, alone = chances_at(whole.people, whole.events, whole.story, END_S)
    assert (reached > alone).all()
    assert 0.0002 < alone.mean() < 0.005


def test_people_convert_without_contact_about_as_often_as_said(world):
    """Over the last 90 days, among those with no contact open or coming."""
    expected = seen = 0.0
    moment = END_S - 90 * DAY_S
    for whole in world.wholes:
        story = whole.story
        _, alone = chances_at(whole.people, whole.events, story, moment)
        busy = np.zeros(whole.people.count, dtype=bool)
        busy[story.person[story.at_s >= moment - 90 * DAY_S]] = True
        idle = ~busy & (story.converted_s >= moment) & (whole.people.created_s < moment)
        expected += alone[idle].sum()
        seen += (story.converted_s[idle] < END_S).sum()
    assert expected > 60
    assert abs(seen - expected) < 4 * np.sqrt(expected)


def test_engagement_is_what_a_slow_count_finds():
    whole = block(4, 0, 10**9)
    rng = np.random.default_rng(1)
    moment = midnight(whole.people.created_s + rng.integers(0, 900 * DAY_S, whole.people.count))
    did = whole.events.until(moment)
    for person in rng.integers(0, whole.people.count, 400).tolist():
        at = whole.events.at_s[whole.events.person == person]
        at = at[at < moment[person]]
        days = (moment[person] - at.max()) / DAY_S if at.size else np.inf
        assert did.days_since[person] == days
        assert did.last_90d[person] == (at >= moment[person] - 90 * DAY_S).sum()
        assert did.last_365d[person] == (at >= moment[person] - 365 * DAY_S).sum()


def test_what_happens_on_the_day_of_contact_or_later_does_not_count():
    whole = block(4, 1, 10**9)
    events = whole.events
    day = midnight(whole.people.created_s) + 400 * DAY_S
    kept = events.at_s < day[events.person]
    person = events.person[kept]
    bounds = np.searchsorted(person, np.arange(whole.people.count + 1))
    cut = Inbound(
        person=person,
        at_s=events.at_s[kept],
        channel=events.channel[kept],
        is_reply=events.is_reply[kept],
        bounds=bounds,
        bursts=events.bursts,
    )
    assert not kept.all()
    full, part = events.until(day), cut.until(day)
    assert (full.days_since == part.days_since).all()
    assert (full.last_90d == part.last_90d).all()
    assert (full.last_365d == part.last_365d).all()


def test_files_of_truth(parquet_world):
    folder, report = parquet_world
    leads = pl.read_parquet(folder / "truth" / "leads.parquet")
    episodes = pl.read_parquet(folder / "truth" / "episodes.parquet")
    assert leads.height == 6_000
    assert episodes.height == report.counts["episodes"]
    assert episodes["converted"].sum() == report.counts["conversions"]
    assert leads["person_id"].n_unique() == report.counts["persons"]
    open_rows = leads.filter(pl.col("converted_at").is_null())
    assert open_rows["p_contacted"].null_count() == 0
    assert leads.drop_nulls("converted_at")["p_contacted"].null_count() == leads.height - (
        open_rows.height
    )
    share = 1 - leads["person_id"].n_unique() / leads.height
    assert 0.08 <= share <= 0.11
    gaps = episodes.sort("person_id", "contacted_at").with_columns(
        gap=pl.col("contacted_at").diff().over("person_id")
    )
    assert gaps["gap"].min().days >= 90
