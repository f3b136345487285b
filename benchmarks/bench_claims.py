"""How many rows a second claimers take, several at once beside one alone, and that it is right.

    python benchmarks/bench_claims.py [--rows 20000] [--processes 8] [--home HOME]

Makes a home with a list of `--rows` people, or uses the published night of HOME (a copy: it is
written to). First the claimers race with opt-outs over the whole list, and it is asserted that
nobody left twice, no two people of one account were out at once, and nobody who had opted out
before a claim began was in it. Then the time: one process alone, and all of them.
"""

import argparse
import json
import multiprocessing
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.runs.claim_desk import ClaimDesk
from pipelines.runs.landing import resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_suppress
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, claims

SETTINGS = """
[feeds]
customers = "none"
[identify]
fuzzy = false
[sender]
name = "Bench"
contact = "hello@bench.test"
privacy_url = "https://bench.test/privacy"
postal_address = "1 Main Street"
source = "your inquiry"
[capacity.email]
ai = {rows}
[mail]
unmailed_per_day = {rows}
"""
LANE = {"channel": "email", "handler": "ai"}
# Two of every hundred leads share their company with the one before.
SHARING = 50


def made_home(folder, rows):
    home = Home(folder / "home").ensure()
    home.settings_file.write_text(SETTINGS.format(rows=rows))
    leads = pl.DataFrame(
        {
            "source_id": [f"l{n}" for n in range(rows)],
            "email": [f"ann{n}@firm{n}.example" for n in range(rows)],
            "first_name": "Ann",
            "last_name": [f"Lee{n}" for n in range(rows)],
            "company": [f"Firm {n - (n % SHARING == 1)}" for n in range(rows)],
            "country": "US",
            "created_at": "2026-05-01",
        }
    )
    leads.write_csv(folder / "leads.csv")
    run_load(home, [LoadRequest([folder / "leads.csv"], "leads", resolve_mapping("auto"), "crm")])
    run_nightly(home, as_of=date(2026, 10, 1))
    return home


def claimer(root, count, each, barrier, results, until_empty):
    """Claim in a process of its own; give back what it took, when, and how long each claim took."""
    home, taken, seconds = Home(root), [], []
    with ClaimDesk(home) as desk:
        desk.prepare()
        barrier.wait()
        while until_empty or len(taken) < count:
            began_at, began = now(), time.perf_counter()
            result = desk.claim(count=each, **LANE)
            seconds.append(time.perf_counter() - began)
            taken += [(row["lead_key"], row["contact_point"], began_at) for row in result.claims]
            if not result.claims:
                break
    results.put((taken, seconds))


def run(home, processes, each, count, beside=None):
    """Let `processes` claim side by side; return all that was taken, latencies and wall seconds."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(processes + 1), context.Queue()
    workers = [
        context.Process(
            target=claimer, args=(home.root, count, each, barrier, results, beside is not None)
        )
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    began = time.perf_counter()
    said = beside() if beside else None
    found = [results.get() for _ in workers]
    wall = time.perf_counter() - began
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    taken = [row for rows, _ in found for row in rows]
    return taken, [s for _, times in found for s in times], wall, said


def opted_out_beside(home, addresses):
    """Suppress people one after the other while others claim; return address -> when it was."""
    said = {}
    for address in addresses:
        run_suppress(home, [address], channel=None, reason="bench")
        said[address] = now()
        time.sleep(0.01)
    return said


def give_back(home):
    with Ledger(home.ledger) as ledger:
        ids = [row[0] for row in ledger.rows("SELECT claim_id FROM claim")]
        claims.release(ledger, ids, now())


def check(home, processes, each):
    """Race with opt-outs over the whole list; assert that what left was right."""
    with ClaimDesk(home) as desk:
        everybody = desk.claim(count=10**9, **LANE).claims
    give_back(home)
    drawn = random.Random(7).sample([row["contact_point"] for row in everybody], 100)  # noqa: S311
    taken, _, _, said = run(home, processes, each, 0, lambda: opted_out_beside(home, drawn))
    leads = [lead for lead, _, _ in taken]
    assert len(leads) == len(set(leads)), "somebody left twice"
    late = [point for _, point, began in taken if point in said and said[point] <= began]
    assert not late, f"{len(late)} left after they had opted out"
    with Ledger(home.ledger) as ledger:
        shared = ledger.rows(
            "SELECT account_hmac FROM claim_account JOIN claim USING (claim_id)"
            " WHERE released_at IS NULL GROUP BY account_hmac HAVING count(*) > 1"
        )
    assert not shared, f"{len(shared)} accounts were out twice"
    stayed = {row["contact_point"] for row in everybody} - {point for _, point, _ in taken}
    assert stayed <= set(drawn), "somebody stayed who might have left"
    give_back(home)
    return {"raced": len(taken), "opted_out": len(said), "of_them_in_time": len(stayed)}


def command_line(home, each):
    """Claim by the command: what one start of the program costs."""
    environment = os.environ | {"LEAD_TRIAGE_HOME": str(home.root)}
    lane = ["--channel", "email", "--handler", "ai", "-n", str(each), "--json"]
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-P", "-m", "pipelines.cli", "claim", *lane],
            env=environment,
            capture_output=True,
            check=True,
        )
        seconds.append(time.perf_counter() - began)
        assert len(json.loads(done.stdout)["claims"]) == each
    give_back(home)
    return min(seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--home", type=Path, help="Uses its published night, and writes to it.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(options.home) if options.home else made_home(Path(folder), options.rows)
        began = time.perf_counter()
        with ClaimDesk(home) as desk:
            desk.prepare()
        print(f"made ready, or read, in {time.perf_counter() - began:.2f} s")
        print(f"right: {check(home, options.processes, options.each)}")
        print(f"command line: {command_line(home, options.each):.2f} s for {options.each} rows")
        report = {}
        for processes in (1, options.processes):
            count = options.each * (200 // processes)
            taken, seconds, wall, _ = run(home, processes, options.each, count)
            give_back(home)
            report[processes] = len(taken) / wall
            print(
                f"{processes} claimer(s): {len(taken)} rows in {wall:.2f} s ="
                f" {len(taken) / wall:,.0f} rows/s, a claim of {options.each} takes"
                f" {statistics.median(seconds) * 1000:.0f} ms (slowest {max(seconds) * 1000:.0f})"
            )
        print(
            f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {os.cpu_count()}"
            f" cores; {options.processes} beside 1: {report[options.processes] / report[1]:.2f}"
        )


if __name__ == "__main__":
    main()
