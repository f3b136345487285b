"""Eight claimers in processes of their own against ten thousand opt-outs; the small race of every
run is in tests/pipelines/outreach/test_claims_racing.py.
"""

import multiprocessing
import threading

import polars as pl
import pytest

from pipelines.outreach import Lane, suppress, take
from pipelines.store.ledger import Ledger
from pipelines.store.lock import waiting_lock
from tests.pipelines.outreach.worlds import (
    AT,
    SECRET,
    TERMS,
    anything,
    list_of,
    publish,
    ready_of,
)

PEOPLE, CLAIMERS = 40_000, 8
SPAWN = multiprocessing.get_context("spawn")
NEWEST = "SELECT coalesce(max(number), 0) FROM suppressed_point"


def claimer(home, ready_path, barrier, results):
    """Claim twenty at a time until nobody is left; note what was suppressed before each claim."""
    lane, found = Lane.of(pl.read_parquet(ready_path), "email", "ai"), []
    facts = {"run_id": "r1", "terms": TERMS, "clear": anything, "recheck": lambda: None, "at": AT}
    facts["turn"] = lambda: waiting_lock(home.claim_lock)  # as a claim desk does
    with Ledger(home.ledger) as ledger:
        barrier.wait()
        while True:
            known = ledger.rows(NEWEST)[0][0]
            rows = take(ledger, lane, count=20, **facts).rows
            if not rows:
                break
            found += [(row["lead_key"], known) for row in rows]
    results.put(found)


@pytest.mark.slow
def test_ten_thousand_opt_outs_race_with_eight_claimers(home, tmp_path):
    with Ledger(home.ledger):
        pass
    path = tmp_path / "ready.parquet"
    ready_of(publish(tmp_path / "l.duckdb", PEOPLE), list_of(PEOPLE, 0)).write_parquet(path)
    barrier, results = SPAWN.Barrier(CLAIMERS + 1), SPAWN.Queue()
    given = (home, path, barrier, results)
    workers = [SPAWN.Process(target=claimer, args=given) for _ in range(CLAIMERS)]
    for worker in workers:
        worker.start()
    found = []
    # Read while they work: a process that has put much waits until it is taken.
    reader = threading.Thread(target=lambda: [found.extend(results.get()) for _ in workers])
    reader.start()
    said = {}
    with Ledger(home.ledger) as ledger:
        barrier.wait()
        for lead in range(PEOPLE - 1, 0, -4):
            point = [("email", f"p{lead}@example.com", None)]
            suppress(ledger, SECRET, point, reason="r", source="t", at=AT)
            said[lead] = ledger.rows(NEWEST)[0][0]
    reader.join()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert len(said) == PEOPLE // 4
    leads = [lead for lead, _ in found]
    assert len(leads) == len(set(leads))
    assert [lead for lead, known in found if said.get(lead, known + 1) <= known] == []
    assert set(leads) >= set(range(PEOPLE)) - set(said)
    # Both sides won often: otherwise nothing was raced.
    beaten = len(set(said) - set(leads))
    assert beaten > 100
    print(f"{len(leads):,} handed out, {beaten:,} said no before they were")  # noqa: T201
