import pytest

from pipelines.errors import StoreError
from pipelines.load import merge
from pipelines.store import Database
from tests.pipelines.load.conftest import AT

OUTCOMES = (
    "lead_source_id,outcome_id,milestone,occurred_at\n1,a,won,2024-01-01\n2,b,won,2024-01-01\n"
)


@pytest.mark.parametrize("kept", ["is_changed", "is_new AND row_number = 1"])
def test_a_row_that_is_counted_and_not_written_fails_the_merge(load, db, monkeypatch, kept):
    scalar = Database.scalar

    def losing(self, statement, **params):
        return scalar(
            self, statement.replace("WHERE is_new OR is_changed", f"WHERE {kept}"), **params
        )

    batch = load(OUTCOMES, "outcomes")
    monkeypatch.setattr(Database, "scalar", losing)
    with pytest.raises(StoreError, match="rows were written to outcome"):
        merge(db, [batch], AT)


def test_a_lead_that_is_counted_and_not_written_fails_the_merge(load, db, monkeypatch):
    run = Database.run

    def losing(self, statement, **params):
        lost = "landed_key.is_new AND landed.row_number > 1\n"
        run(self, statement.replace("landed_key.is_new\n", lost), **params)

    batch = load("source_id,email\n1,a@x.example\n2,b@x.example\n")
    monkeypatch.setattr(Database, "run", losing)
    with pytest.raises(StoreError, match="1 leads are stored"):
        merge(db, [batch], AT)


def test_new_changed_and_known_rows_add_up(load, db):
    merge(db, [load(OUTCOMES, "outcomes")], AT)
    changed = load(OUTCOMES.replace("b,won", "b,lost") + "3,c,won,2024-01-01\n", "outcomes")
    counts = merge(db, [changed], AT)[0]
    assert (counts.loaded, counts.updated, counts.unchanged) == (1, 1, 1)
