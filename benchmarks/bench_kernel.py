"""Times the compiled scorer against LightGBM and its peers, after asserting that the bits agree.

Run from the repository root::

    .uv/bin/uv run --group peers python benchmarks/bench_kernel.py [--json OUT]

Without the group the peers are skipped, one line each. About ten minutes on two idle cores, of
which LightGBM takes most; ``--turn-seconds 0`` gives every contender every row, for an hour.

A case is trees x leaves, ``-cat`` with category splits, ``-bin1023`` with ``max_bin=1023``, or
``backlog``: the model that ``lead-triage train`` makes (of ``--home HOME``, or of a small synthetic
backlog that is made first). The matrix is C-order float32 with 5% missing; everybody starts from
it and ends with raw scores. Contenders take turns, and the median of the rounds counts. The scorer
and, with the first number of threads, LightGBM get all rows; a contender whose turn would take
longer than ``--turn-seconds`` gets the first rows that fit, and its rows per second count.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

# Idle OpenMP threads sleep instead of spinning, so that no contender takes time from the next one.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
from cases import BACKLOG, Case, case_of
from peers import Peer, peers_of, versions

from models.kernel import Scorer

SIZES = ("200x31", "500x63")  # the sizes that all contenders are compared on
OTHERS = ("200x31-cat", "200x31-bin1023", "200x255", BACKLOG)
TRIAL_ROWS = 20_000


@dataclass
class Contender:
    """Who is timed, on how many of the rows; `has_same_trees` means its scores are compared."""

    name: str
    call: Callable[[], np.ndarray]
    rows: int
    has_same_trees: bool
    seconds: list[float] = field(default_factory=list)
    scores: np.ndarray | None = None

    def take_turn(self) -> None:
        start = time.perf_counter()
        self.scores = self.call()
        self.seconds.append(time.perf_counter() - start)

    @property
    def rows_per_second(self) -> float:
        return self.rows / statistics.median(self.seconds)


def bench(
    case: Case, peers: list[Peer], thread_counts: list[int], rounds: int, turn_seconds: float
) -> Iterator[dict]:
    """Time one case; yield one result per contender and number of threads."""
    trees, (rows, features) = case.booster.num_trees(), case.matrix.shape
    print(f"{case.name}: {trees} trees, {rows:,} rows x {features} features", flush=True)
    for index, threads in enumerate(thread_counts):
        scorer = Scorer.from_booster(case.booster, threads=threads)
        scorer.prepare()
        contenders = [
            *ours(case, scorer),
            lightgbm_of(case, threads, turn_seconds if index else 0),
            *(contender_of(case, peer, threads, turn_seconds) for peer in peers),
        ]
        for _ in range(rounds):
            for contender in contenders:
                contender.take_turn()
        by_route = scorer.rows_by_route
        share = by_route["lightgbm"] / sum(by_route.values())
        base = next(c.rows_per_second for c in contenders if c.name == "lightgbm")
        for contender in contenders:
            result = result_of(case, contender, threads, base)
            print_line(result)
            yield {**result, "share_by_lightgbm": share}
        print(
            f"{'':>14} bits equal; {share:.1%} of the scorer's rows served by LightGBM", flush=True
        )


def ours(case: Case, scorer: Scorer) -> list[Contender]:
    """Return the scorer by matrix and by columns, each after its bits were found equal."""
    columns = [np.ascontiguousarray(column) for column in case.matrix.T]
    found = []
    for name, call in (
        ("scorer", partial(scorer.raw_score, case.matrix)),
        ("scorer, columns", partial(scorer.raw_score_columns, columns)),
    ):
        scores = call()
        assert np.array_equal(scores.view(np.int64), case.expected.view(np.int64)), "other bits"
        found.append(Contender(name, call, len(case.matrix), has_same_trees=True))
    return found


def lightgbm_of(case: Case, threads: int, turn_seconds: float) -> Contender:
    predict = partial(case.booster.predict, raw_score=True, num_threads=threads)
    return contender_of(case, Peer("lightgbm", lambda _: predict, True), threads, turn_seconds)


def contender_of(case: Case, peer: Peer, threads: int, turn_seconds: float) -> Contender:
    """Try a peer on a few rows, then give it as many as fit into its turn (0 = all)."""
    score = peer.at(threads)
    score(case.matrix[:1000])  # whatever it prepares on first use
    start = time.perf_counter()
    score(case.matrix[:TRIAL_ROWS])
    per_row = (time.perf_counter() - start) / TRIAL_ROWS
    rows = len(case.matrix)
    if turn_seconds and rows * per_row > turn_seconds:
        rows = min(rows, max(TRIAL_ROWS, int(turn_seconds / per_row)))
    return Contender(peer.name, partial(score, case.matrix[:rows]), rows, peer.has_same_trees)


def result_of(case: Case, contender: Contender, threads: int, base: float) -> dict:
    difference = None
    if contender.has_same_trees and contender.scores is not None:
        difference = float(np.abs(contender.scores - case.expected[: contender.rows]).max())
    return {
        "case": case.name,
        "trees": case.booster.num_trees(),
        "features": case.matrix.shape[1],
        "threads": threads,
        "contender": contender.name,
        "rows": contender.rows,
        "seconds": contender.seconds,
        "median_seconds": statistics.median(contender.seconds),
        "rows_per_second": contender.rows_per_second,
        "times_lightgbm": contender.rows_per_second / base,
        "max_difference": difference,
    }


def print_line(result: dict) -> None:
    difference = result["max_difference"]
    tail = "other trees" if difference is None else f"difference {difference:.1e}"
    print(
        f"{result['case']:>14} {result['threads']} threads {result['contender']:>16}:"
        f" {result['median_seconds']:8.4f} s for {result['rows']:>9,} rows"
        f" {result['rows_per_second'] / 1e6:8.3f} M rows/s"
        f" {result['times_lightgbm']:7.1f} x lightgbm, {tail}",
        flush=True,
    )


def machine() -> dict:
    info = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False)  # noqa: S603
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("lightgbm", "numba", "numpy", "polars")}
        | versions(),
        "commit": commit.stdout.strip() or None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--cases", nargs="+", default=[*SIZES, *OTHERS])
    parser.add_argument("--threads", nargs="+", type=int, default=[2, 1])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--turn-seconds", type=float, default=1.5, help="0 = no limit")
    parser.add_argument("--home", type=Path, help="home whose model and leads `backlog` takes")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    start = time.perf_counter()
    report = {"machine": machine(), "rows": options.rows, "results": []}
    print(json.dumps(report["machine"]), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-kernel-") as scratch:
        for name in options.cases:
            case = case_of(name, options.rows, options.home)
            # The other cases show that the scorer's speed holds; one number of threads does.
            is_size = name not in OTHERS
            peers = list(peers_of(case, Path(scratch))) if is_size else []
            counts = options.threads if is_size else options.threads[:1]
            report["results"] += bench(case, peers, counts, options.rounds, options.turn_seconds)
            report["seconds"] = time.perf_counter() - start
            if options.json:  # after every case: a run that is stopped keeps what it has
                options.json.write_text(json.dumps(report, indent=2) + "\n")
    print(f"{report['seconds']:.0f} s in all")


if __name__ == "__main__":
    main()
