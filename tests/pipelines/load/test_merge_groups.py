"""Files of one kind and source are merged together; it must be as if one came after the other."""

import random
from datetime import timedelta
from importlib import import_module

import pytest

from pipelines.load import merge
from pipelines.load.batches.superseded import list_superseded
from pipelines.load.merging.new_children import are_all_new
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
            source = "web" if part == 1 else "crm"
            found.append(load(text, kind, f"{kind}{part}.csv", source_system=source))
    # The files of one command come in the order of their names, kinds and sources mixed.
    mixed = found[1:]
    dice.shuffle(mixed)
    return [found[0], *mixed]


def _content(db):
    return {t: db.frame(f"SELECT * FROM {t} ORDER BY ALL").rows() for t in TABLES}


@pytest.mark.parametrize("is_disjoint", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_files_merged_together_are_as_files_merged_in_turn(
    load, tmp_path, monkeypatch, is_disjoint, seed
):
    dice = random.Random(seed)  # noqa: S311 - no secrets here
    batches = _files(load, dice, is_disjoint=is_disjoint)
    merging = import_module("pipelines.load.merging.merge")
    with monkeypatch.context() as compared:
        # Every row is compared with what is stored, file by file.
        compared.setattr(merging, "are_all_new", lambda *_: False)
        in_turn = _merged(
            tmp_path, batches, lambda db, some, at: [merge(db, [b], at)[0] for b in some]
        )
    for most in (15, 10**6):
        monkeypatch.setattr(merging, "GROUP_ROWS", most)
        monkeypatch.setattr(merging, "NEW_ROWS", most)
        assert _merged(tmp_path, batches, merge) == in_turn


def test_rows_are_all_new_where_none_is_stored_and_no_id_comes_twice(load, tmp_path):
    header = "lead_source_id,activity_id,at\n"
    day = "2024-01-05"
    one, other, again = (
        load(header + rows, "activities", name, source_system="crm")
        for name, rows in (
            ("a.csv", f"1,a1,{day}\n1,a2,{day}\n1,a2,2024-01-06\n"),
            ("b.csv", f"9,a3,{day}\n"),
            ("c.csv", f"1,a1,{day}\n"),
        )
    )
    elsewhere = load(header + f"1,a1,{day}\n", "activities", "d.csv", source_system="web")
    with Database.memory(1, 1, tmp_path) as db:
        create_tables(db)

        def is_new(*batches):
            list_superseded(db, batches)
            return are_all_new(db, batches, "activity")

        assert is_new(one, other)
        assert not is_new(one, again)
        assert not are_all_new(db, [one], "outcome")
        counts = merge(db, [one, other], AT)
        assert [(c.loaded, c.duplicates) for c in counts] == [(2, 1), (1, 0)]
        assert db.scalar("SELECT max(\"at\") FROM activity WHERE activity_id = 'a2'").day == 6
        assert not is_new(again)
        assert is_new(elsewhere)


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
