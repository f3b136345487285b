"""How good the models are, beside what an analyst would try first, on rows none of them saw.

Ours goes the product's whole way: the training rows are loaded as a file, trained on, and the test
rows scored as a file without outcomes. The sets are not part of this project: say where they lie.

    python benchmarks/bench_quality.py --data PATH [--sets x_education ifood] [--no-flaml]

FLAML is measured where it is installed (``uv run --group peers``).
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from quality_peers import PEERS, matrices
from quality_sets import SETS, Set

from models.metrics import auc, average_precision, bands, calibration_error, lift
from pipelines.errors import LeadTriageError
from pipelines.load.meaning.mapping import load_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.score_file import run_score
from pipelines.runs.train import run_train
from pipelines.settings.home import Home

Scores = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]
ROUNDS = 500
RANKINGS = {"auc": auc, "average_precision": average_precision, "lift_at_10pct": lift}


def score_ours(case: Set, work: Path) -> tuple[Scores, Scores, str]:
    """Return raw scores and probabilities of the test rows, and what the gates said."""
    train, test = (
        case.rows.filter(pl.Series(~case.is_test)),
        case.rows.filter(pl.Series(case.is_test)),
    )
    train.write_csv(work / "train.csv")
    test.drop(case.label).write_csv(work / "test.csv")
    slug = case.name.replace("-", "_")
    label = f'[label]\ncolumn = "{case.label}"\npositive = ["{case.positive}"]\n'
    (work / "train.toml").write_text(f'source_system = "{slug}"\n{label}')
    (work / "test.toml").write_text(f'source_system = "{slug}"\n')
    home = Home(work / "home")
    run_load(home, [LoadRequest([work / "train.csv"], "leads", load_mapping(work / "train.toml"))])
    trained = run_train(home, source=slug)[0]
    out = work / "scored.parquet"
    run_score(
        work / "test.csv", out, mapping=load_mapping(work / "test.toml"),
        model=trained.model.model_id, as_of=None, home=home,
    )  # fmt: skip
    found = pl.read_parquet(out).sort("row_number")
    if found.height != test.height or found["raw_score"].null_count():
        message = f"{case.name}: {found.height} rows scored of {test.height}"
        raise AssertionError(message)
    gates = trained.model.manifest["gates"]
    refused = [gate["reason"] for gate in gates if not gate["passed"]]
    verdict = f"refused: {'; '.join(refused)}" if refused else "promoted"
    words = f"{trained.model.manifest['model']['candidate']}; {verdict}"
    return found["raw_score"].to_numpy(), found["probability"].to_numpy(), words


def figures(label: Labels, score: Scores, probability: Scores) -> dict[str, float]:
    found = {name: measure(label, score) for name, measure in RANKINGS.items()}
    return {**found, "calibration_error": calibration_error(bands(label, probability))}


def intervals(
    label: Labels, ours: Scores, probability: Scores, theirs: Scores
) -> dict[str, list[float]]:
    """95% of ours minus theirs over rows drawn again, the same for both."""
    rng = np.random.default_rng(0)
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        rows = rng.integers(0, len(label), len(label))
        again = label[rows]
        if 0 < again.sum() < len(rows):
            mine = figures(again, ours[rows], probability[rows])
            for name, value in figures(again, theirs[rows], theirs[rows]).items():
                found.setdefault(name, []).append(mine[name] - value)
    return {name: np.quantile(values, [0.025, 0.975]).tolist() for name, values in found.items()}


def run(case: Set, peers: list[str]) -> dict[str, object]:
    label = (case.rows[case.label] == case.positive).to_numpy()
    y, test = label[~case.is_test], label[case.is_test]
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as work:
        raw, probability, words = score_ours(case, Path(work))
    seconds = {"ours": time.perf_counter() - started}
    results = {"ours": figures(test, raw, probability)}
    versus = {}
    inputs = case.rows.drop(case.label)
    x, later, categories = matrices(
        inputs.filter(pl.Series(~case.is_test)), inputs.filter(pl.Series(case.is_test))
    )
    for name in peers:
        started = time.perf_counter()
        theirs = PEERS[name](x, y, later, categories)
        if theirs is None:
            print(f"{name}: skipped, not installed")
            continue
        seconds[name] = time.perf_counter() - started
        results[name] = figures(test, theirs, theirs)
        versus[name] = intervals(test, raw, probability, theirs)
    return {
        "set": case.name, "split": case.how, "train_rows": len(y), "train_positives": int(y.sum()),
        "test_rows": len(test), "test_positives": int(test.sum()), "model": words,
        "results": results, "ours_minus": versus, "seconds": seconds,
    }  # fmt: skip


def show(found: dict) -> None:
    print(
        f"\n{found['set']}: {found['train_rows']} rows, {found['train_positives']} conversions;"
        f" test {found['test_rows']}, {found['test_positives']} ({found['split']})"
        f"\n  {found['model']}"
    )
    print(
        f"  {'':10s} {'AUC':>7s} {'AP':>7s} {'lift':>6s} {'ECE':>6s}"
        "   each: ours minus theirs (of ECE less is better)"
    )
    for name, row in found["results"].items():
        line = f"  {name:10s} {row['auc']:7.4f} {row['average_precision']:7.4f}"
        line += f" {row['lift_at_10pct']:6.2f} {row['calibration_error']:6.3f}"
        for measure, (low, high) in found["ours_minus"].get(name, {}).items():
            is_up, is_down = low > 0, high < 0
            if measure == "calibration_error":
                is_up, is_down = is_down, is_up
            mark = " worse" if is_down else " better" if is_up else ""
            line += f"   {low:+.3f} to {high:+.3f}{mark}"
        print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--no-flaml", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    peers = [name for name in PEERS if not (arguments.no_flaml and name == "flaml")]
    found = []
    for name in arguments.sets:
        try:
            found.append(run(SETS[name](arguments.data), peers))
        except LeadTriageError as error:
            print(f"\n{name}: {error}")
            continue
        show(found[-1])
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1))
    print("\nmean over the sets")
    for name in ("ours", *peers):
        rows = [one["results"][name] for one in found if name in one["results"]]
        if rows:
            means = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
            print(f"  {name:10s} " + "  ".join(f"{k} {v:.4f}" for k, v in means.items()), len(rows))


if __name__ == "__main__":
    main()
