"""Claimers in processes of their own, racing with opt-outs, and one that is killed."""

import multiprocessing
import os
import signal
from datetime import timedelta

import polars as pl
import pytest

from pipelines.outreach import suppress
from pipelines.store.ledger import Ledger, claims
from tests.pipelines.outreach.worlds import (
    AT,
    SECRET,
    leads_of,
    list_of,
    publish,
    ready_of,
    take_of,
)

PEOPLE = 240
CLAIMERS = 8


@pytest.fixture
def ready(tmp_path):
    # two of every ten are of one company
    company = pl.Series([f"Firm {n - (n % 10 == 1)}" for n in range(PEOPLE)])
    return ready_of(publish(tmp_path / "l.duckdb", PEOPLE, company=company), list_of(PEOPLE, 0))


def claimer(ledger_path, ready_path, barrier, results):
    """Claim five at a time until nobody is left."""
    ready, found = pl.read_parquet(ready_path), []
    with Ledger(ledger_path) as ledger:
        barrier.wait()
        while True:
            # What was suppressed before the claim began, as the ledger numbers it.
            known = ledger.rows("SELECT max(rowid) FROM suppression")[0][0] or 0
            rows = take_of(ledger, ready, 5).rows
            if not rows:
                break
            found += [(row["lead_key"], known) for row in rows]
    results.put(found)


def test_claimers_racing_with_opt_outs_share_nobody_and_honour_every_one(home, tmp_path, ready):
    with Ledger(home.ledger):
        pass
    path = tmp_path / "ready.parquet"
    ready.write_parquet(path)
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(CLAIMERS + 1), context.Queue()
    workers = [
        context.Process(target=claimer, args=(home.ledger, path, barrier, results))
        for _ in range(CLAIMERS)
    ]
    for worker in workers:
        worker.start()
    said = {}
    with Ledger(home.ledger) as ledger:
        barrier.wait()
        for lead in range(PEOPLE - 1, 0, -4):
            point = [("email", f"p{lead}@example.com", None)]
            suppress(ledger, SECRET, point, reason="r", source="t", at=AT)
            said[lead] = ledger.rows("SELECT max(rowid) FROM suppression")[0][0]
    found = [row for _ in workers for row in results.get()]
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    leads = [lead for lead, _ in found]
    assert len(leads) == len(set(leads))
    assert [lead for lead, known in found if lead in said and said[lead] <= known] == []
    # one of each pair of colleagues, and whoever did not say no
    pairs = {lead - (lead % 10 == 1) for lead in leads}
    assert len(pairs) == len(leads)
    everybody = {lead - (lead % 10 == 1) for lead in range(PEOPLE) if lead not in said}
    assert everybody <= pairs
    assert len(leads) > PEOPLE // 2


def killed(ledger_path, ready_path):
    """Die after the transaction and before anything is handed over."""
    with Ledger(ledger_path) as ledger:
        take_of(ledger, pl.read_parquet(ready_path), 5)
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_claimer_took_is_held_until_its_lease_ends(home, tmp_path, ready):
    with Ledger(home.ledger):
        pass
    path = tmp_path / "ready.parquet"
    ready.write_parquet(path)
    worker = multiprocessing.get_context("spawn").Process(target=killed, args=(home.ledger, path))
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    with Ledger(home.ledger) as ledger:
        first = [0, 2, 3, 4, 5]
        assert [row[0] for row in ledger.rows("SELECT lead_key FROM claim")] == first
        assert leads_of(take_of(ledger, ready, 3)) == [6, 7, 8]
        later = AT + timedelta(hours=24)
        assert leads_of(take_of(ledger, ready, 5, at=later)) == first
        # Nothing half done is in the way: the killed one can be given back as any other.
        ids = [row[0] for row in ledger.rows("SELECT claim_id FROM claim")]
        assert claims.release(ledger, ids, later) == len(ids)
