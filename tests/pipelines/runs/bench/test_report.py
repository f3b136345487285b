import pytest

from pipelines.errors import RefusedError, UsageError
from pipelines.runs.bench.bars import GIB, NIGHT_BARS, memory_bar
from pipelines.runs.bench.disk import check_disk, need
from pipelines.runs.bench.report import BacklogReport, BacklogRun, Judged, Stage, ratios
from pipelines.runs.bench.sizes import run_sizes
from pipelines.runs.steps import NIGHTLY


def stage(step, name, seconds, rows=10):
    return Stage(step, name, rows, seconds, 1, {"store": 5}, 7)


def test_every_stage_of_a_nightly_is_under_exactly_one_bar():
    grouped = [name for bar in NIGHT_BARS for name in bar.stages]
    assert sorted(grouped) == sorted(["load", *(name for name, _ in NIGHTLY)])


def test_bars_scale_with_rows_and_the_large_column_counts_where_there_is_one():
    whole = NIGHT_BARS[-1]
    assert whole.at(10_000_000) == 75
    assert whole.at(1_000_000) == 7.5
    assert whole.at(100_000_000) == 720
    assert sum(bar.at(10_000_000) for bar in NIGHT_BARS[:-1]) <= 75
    assert memory_bar(10_000_000) == 8 * GIB < memory_bar(100_000_000)


def test_a_bar_is_met_at_its_very_value():
    assert Judged("x", "s", 5.0, 5.0).is_met
    assert not Judged("x", "s", 5.1, 5.0).is_met


def test_the_store_is_judged_by_lead_and_by_published_byte():
    run = BacklogRun(rows=100, seed=1, form="csv", published_bytes=16_000, store_peak_bytes=40_000)
    run.judge_store()
    assert [(bar.measured, bar.is_met) for bar in run.bars] == [(160.0, False), (2.5, True)]


def test_ratios_compare_neighbours_and_leave_out_what_failed():
    stages = [stage("night", "score", 2.0), stage("night", "triage", 3.0)]
    small = BacklogRun(rows=10, seed=1, form="csv", stages=stages)
    stages = [stage("night", "score", 30.0), stage("night", "triage", 20.0)]
    large = BacklogRun(rows=100, seed=1, form="csv", stages=stages)
    broken = BacklogRun(rows=50, seed=1, form="csv", failure={"stage": "load"})
    found = ratios([large, broken, small])
    assert [one["name"] for one in found] == ["score", "triage", "all"]
    assert found[0]["rows"] == [10, 100]
    assert [one["times"] for one in found] == pytest.approx([15.0, 20 / 3, 10.0])
    assert [one["per_row"] for one in found] == pytest.approx([1.5, 2 / 3, 1.0])


def test_the_json_holds_the_rates_and_the_verdicts():
    run = BacklogRun(rows=10, seed=1, form="csv", stages=[stage("night", "score", 4.0)])
    run.stages.append(stage("night", "process start and end", 1.0, rows=None))
    run.bars.append(Judged("x", "s", 5.0, 6.0))
    told = BacklogReport({"cores": 2}, [run]).to_json()
    assert [s["rows_per_second"] for s in told["runs"][0]["stages"]] == [2.5, None]
    assert told["runs"][0]["bars"][0]["is_met"]
    assert told["machine"] == {"cores": 2}


def test_more_rows_need_more_disk_and_kept_files_too(tmp_path):
    assert need(2_000_000, "csv", keep=False) > need(1_000_000, "csv", keep=False)
    assert (
        need(1_000_000, "parquet", keep=True) - need(1_000_000, "parquet", keep=False)
        == 125_000_000
    )
    check_disk(tmp_path, 1)
    with pytest.raises(RefusedError, match="of disk are free"):
        check_disk(tmp_path, 10**18)


@pytest.mark.parametrize("wrong", [[], [0], [-5], [10, 10], [10**10]])
def test_sizes_that_cannot_be_meant_are_refused(wrong, tmp_path):
    report = BacklogReport({})
    with pytest.raises(UsageError):
        run_sizes(
            report, wrong, seed=1, form="csv", out=tmp_path / "x", keep=False, heard=lambda *_: None
        )
    assert report.runs == []
    assert not (tmp_path / "x").exists()


def test_a_disk_that_is_too_small_is_refused_before_anything_is_written(tmp_path):
    report = BacklogReport({})
    with pytest.raises(RefusedError, match="of disk are free"):
        run_sizes(
            report,
            [10**9],
            seed=1,
            form="csv",
            out=tmp_path / "x",
            keep=False,
            heard=lambda *_: None,
        )
    assert report.runs == []
    assert not (tmp_path / "x").exists()
