"""`[train] leave_out`: what a person wants in no model is in none, and a slip is told."""

import polars as pl
import pytest

from features.custom import custom_features
from features.registry import REGISTRY
from pipelines.errors import UsageError
from pipelines.runs.left_out import leave_out
from pipelines.store import Database

CUSTOM = custom_features({"Page Value": pl.Float64(), "tier": pl.String()})
EVERY = (*REGISTRY, *CUSTOM)


@pytest.fixture
def db():
    with Database.memory() as held:
        held.run('CREATE TABLE lead_custom_shop (lead_key BIGINT, "Page Value" DOUBLE, tier TEXT)')
        yield held


@pytest.mark.parametrize("name", ["Page Value", "page value", "custom:Page Value"])
def test_a_column_of_an_export(db, name):
    kept = leave_out(EVERY, [name], db)
    assert [f.name for f in EVERY if f not in kept] == ["custom:Page Value"]


def test_a_field_takes_every_feature_that_reads_it(db):
    kept = leave_out(EVERY, ["created_at", "lead_source"], db)
    gone = [f for f in EVERY if f not in kept]
    assert gone
    assert all({"created_at", "lead_source"} & set(f.inputs) for f in gone)
    assert not any({"created_at", "lead_source"} & set(f.inputs) for f in kept)


def test_a_feature_by_its_name_goes_alone(db):
    kept = leave_out(EVERY, ["lead_age_days"], db)
    assert len(kept) == len(EVERY) - 1


def test_a_slip_is_told_and_other_sources_are_no_slip(db):
    with pytest.raises(UsageError, match="'page valu', which nothing is called"):
        leave_out(EVERY, ["Page Valu"], db)
    assert leave_out(REGISTRY, ["tier"], db) == list(REGISTRY)
    assert leave_out(EVERY, [], db) == list(EVERY)
