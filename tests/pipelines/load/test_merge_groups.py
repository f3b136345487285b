"""Files of one kind and source are merged together; it must be as if one came after the other."""

import random
from datetime import timedelta
from importlib import import_module

import pytest

from pipelines.load import merge
from pipelines.store import Database, create_tables
from tests.pipelines.load.conftest import AT

HEADERS = {
    "activities": "lead_source_id,activity_id,at,subject",
    "outcomes": "lead_source_id,outcome_id,milestone,occurred_at,value_amount",
    "consent": "lead_source_id,consent_id,status,captured_at",
    "customers": "customer_id,email,status",
    "registry": "registry,phone",
}
TABLES = ("activity", "outcome", "consent_event", "customer", "registry")


def _record(kind, dice, number):
    lead, day = dice.randrange(1, 6), f"2024-01-{dice.randrange(1, 28):02}"
    return {
        "activities": f"{lead},a{number},{day},{dice.choice('xy')}",
        "outcomes": f"{lead},o{number},won,{day},{dice.randrange(3)}",
        "consent": f"{lead},c{number},{dice.choice(('opt_in', 'opt_out'))},{day}",
        "customers": f"k{number},p{dice.randrange(2)}@x.example,customer",
        "registry": f"uk_tps,+4420794600{number % 100:02}",
    }[kind]


def _files(load, dice, *, is_disjoint):
    """Land three files of every kind, some records twice, some files sharing records."""
    found = [load("source_id\n1\n2\n3\n", name="leads.csv", source_system="crm")]
    for kind, header in HEADERS.items():
        for part in range(3):
            numbers = [dice.randrange(12) + (20 * part if is_disjoint else 0) for _ in range(9)]
            lines = [_record(kind, dice, number) for number in numbers]
            text = "\n".join([header, *lines]) + "\n"
            found.append(load(text, kind, f"{kind}{part}.csv", source_system="crm"))
    return found


def _content(db):
    return {t: db.frame(f"SELECT * FROM {t} ORDER BY ALL").rows() for t in TABLES}


@pytest.mark.parametrize("is_disjoint", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_files_merged_together_are_as_files_merged_in_turn(
    load, tmp_path, monkeypatch, is_disjoint, seed
):
    dice = random.Random(seed)  # noqa: S311 - no secrets here
    batches = _files(load, dice, is_disjoint=is_disjoint)
    in_turn = _merged(tmp_path, batches, lambda db, some, at: [merge(db, [b], at)[0] for b in some])
    for most in (15, 10**6):
        monkeypatch.setattr(import_module("pipelines.load.merging.merge"), "GROUP_ROWS", most)
        assert _merged(tmp_path, batches, merge) == in_turn


def _merged(spill, batches, merging):
    """Where the records went, and what is stored after."""
    counts = []
    with Database.memory(1, 1, spill) as db:
        create_tables(db)
        # A first half that is known already, then everything.
        for at, some in ((AT, batches[::2]), (AT + timedelta(days=1), batches)):
            counts += [_where(one) for one in merging(db, some, at)]
        return counts, _content(db)


def _where(counts):
    return counts.batch_id, counts.loaded, counts.updated, counts.unchanged, counts.duplicates
