"""A day of changes is what it says it is, and the loader counts it the same way."""

import shutil

import polars as pl
import pyarrow.parquet as pq
import pytest

from pipelines.errors import BadInputError, UsageError
from pipelines.generate import change, generate, readback
from pipelines.generate.lots import lots
from pipelines.load import load_mapping
from pipelines.runs.landing import expand
from pipelines.runs.load import LoadRequest, run_load
from pipelines.settings.home import Home
from tests.pipelines.generate.test_world import digests

IDS = {"leads_salesforce": "Id", "leads_hubspot": "Record ID"}
STAMPS = {"leads_salesforce": "LastModifiedDate", "leads_hubspot": "Last Modified Date"}
SHARE = 0.1


def requests(folder):
    mappings = sorted((folder / "mappings").glob("*.toml"), key=lambda m: m.stem not in IDS)
    return [
        LoadRequest(expand([folder / m.stem]), m.stem.split("_")[0], load_mapping(m))
        for m in mappings
        if (folder / m.stem).is_dir()
    ]


def rows(folder, table):
    return pl.concat(list(readback.lead_pieces(folder / table)))


@pytest.fixture(scope="module")
def day(tmp_path_factory, parquet_world):
    folder = tmp_path_factory.mktemp("change") / "day"
    return folder, change(parquet_world[0], folder, share=SHARE, seed=4)


@pytest.fixture(scope="module", params=["parquet", "csv.gz"])
def loaded(request, tmp_path_factory):
    """A world and its changes, loaded one after the other: the report and the loader's counts."""
    folder = tmp_path_factory.mktemp("loaded")
    generate(folder / "world", leads=2_500, seed=7, format=request.param, with_truth=False)
    report = change(folder / "world", folder / "day", share=SHARE, seed=7)
    home = Home(folder / "home").ensure()
    home.settings_file.write_text("[identify]\nfuzzy = false\n")
    run_load(home, requests(folder / "world"))
    return report, {
        file.path.parent.name: file.to_json() for file in run_load(home, requests(folder / "day"))
    }


def test_the_loader_counts_what_was_made(loaded):
    report, files = loaded
    assert files.keys() == {*report.updated, *report.added}
    assert sum(report.updated.values()) > 150
    for name, file in files.items():
        if name == "suppressions":
            continue
        counted = {key: file[key] for key in ("updated", "loaded", "unchanged", "quarantined")}
        assert counted == {
            "updated": report.updated.get(name, 0),
            "loaded": report.added[name],
            "unchanged": 0,
            "quarantined": 0,
        }, name


def test_the_share_is_right_and_one_in_ten_is_new(day, parquet_world):
    _, report = day
    known = sum(report.updated.values())
    new = sum(report.added[name] for name in IDS)
    leads = sum(parquet_world[1].counts[name] for name in IDS)
    # Four standard deviations of a binomial draw.
    assert known == pytest.approx(0.9 * SHARE * leads, abs=4 * (0.09 * 0.91 * leads) ** 0.5)
    assert new == round(known / 9)


def test_same_seed_same_bytes_and_another_seed_other_leads(tmp_path, day, parquet_world):
    folder, _ = day
    change(parquet_world[0], tmp_path / "again", share=SHARE, seed=4)
    assert digests(folder) == digests(tmp_path / "again")
    change(parquet_world[0], tmp_path / "other", share=SHARE, seed=5)
    one, two = (set(rows(f, "leads_salesforce")["Id"]) for f in (folder, tmp_path / "other"))
    assert len(one & two) < 0.3 * len(one)


@pytest.mark.parametrize("table", IDS)
def test_known_leads_keep_what_does_not_change(day, parquet_world, table):
    folder, report = day
    key, stamp = IDS[table], STAMPS[table]
    before, after = rows(parquet_world[0], table), rows(folder, table)
    assert after[key].is_unique().all()
    pairs = before.join(after, on=key, suffix="_after")
    assert pairs.height == report.updated[table]
    assert (pairs[f"{stamp}_after"] > before[stamp].max()).all()
    same = {
        name: pairs[name].eq_missing(pairs[f"{name}_after"]).mean()
        for name in before.columns
        if name != key
    }
    edited = {name for name, share in same.items() if share < 1}
    assert {stamp, "Email"} < edited
    assert len(edited) <= 8
    assert all(share > 0.4 for name, share in same.items() if name != stamp)


def test_what_comes_along_is_of_changed_leads_and_new_to_the_world(day, parquet_world):
    folder, _ = day
    for system, leads in (("salesforce", "leads_salesforce"), ("hubspot", "leads_hubspot")):
        changed = set(rows(folder, leads)[IDS[leads]])
        for kind, own in (("activities", "activity_id"), ("outcomes", "outcome_id")):
            table = f"{kind}_{system}"
            found = pl.read_parquet(folder / table / "*.parquet")
            known = pl.read_parquet(parquet_world[0] / table / "*.parquet")
            assert found.schema == known.schema
            assert set(found["lead_source_id"]) <= changed
            assert found[own].is_unique().all()
            assert not found[own].is_in(known[own].implode()).any()


def test_pieces_of_a_world_do_not_matter(tmp_path, monkeypatch, csv_world, parquet_world, day):
    """Neither the size of what is read at a time nor row groups change a byte."""
    cut = tmp_path / "cut"
    shutil.copytree(parquet_world[0], cut)
    for table in IDS:
        (part,) = (cut / table).iterdir()
        whole = pq.read_table(part)
        pq.write_table(whole, part, row_group_size=500)
        assert len(list(readback.lead_pieces(cut / table))) > 1
    change(cut, tmp_path / "parquet", share=SHARE, seed=4)
    assert digests(tmp_path / "parquet") == digests(day[0])

    change(csv_world[0], tmp_path / "one", share=SHARE, seed=4)
    monkeypatch.setattr(readback, "_CHUNK", 10_000)
    assert len(list(readback.lead_pieces(csv_world[0] / "leads_hubspot"))) > 20
    change(csv_world[0], tmp_path / "two", share=SHARE, seed=4)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


@pytest.mark.parametrize("table", IDS)
def test_only_whole_records_are_read_back(csv_world, parquet_world, table):
    for folder, report in (csv_world, parquet_world):
        broken = sum(n for kind, n in report.broken[table].items() if kind != "impossible_number")
        assert broken > 0
        assert rows(folder, table).height == report.counts[table] - broken


def test_formats_choose_the_same_leads(tmp_path, csv_world, day):
    change(csv_world[0], tmp_path / "csv", share=SHARE, seed=4)
    told = rows(tmp_path / "csv", "leads_hubspot")["Record ID"]
    typed = rows(day[0], "leads_hubspot")["Record ID"]
    # CSV breaks more records, and a broken one cannot change.
    assert len(set(typed) ^ set(told)) < 0.05 * typed.len()


def test_lots_are_even_and_hang_on_the_id_alone():
    ids = pl.Series([f"00Q5f{number:013d}" for number in range(20_000)])
    drawn = lots(ids, 3, "changes")
    assert drawn.min() >= 0
    assert drawn.max() < 1
    counts = pl.Series((drawn * 20).astype(int)).value_counts()["count"]
    assert counts.max() - counts.min() < 250
    assert (lots(ids.reverse(), 3, "changes")[::-1] == drawn).all()
    for other in (lots(ids, 4, "changes"), lots(ids, 3, "edit")):
        assert abs(pl.Series(drawn).to_frame("a").with_columns(b=other).corr()["b"][0]) < 0.03
    assert lots(ids.clear(), 3, "changes").shape == (0,)


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"share": 0.6}, {"seed": -1}])
def test_refuses_what_cannot_be_meant(tmp_path, parquet_world, wrong):
    with pytest.raises(UsageError):
        change(parquet_world[0], tmp_path / "new", **({"share": 0.01, "seed": 1} | wrong))
    assert not (tmp_path / "new").exists()


def test_refuses_a_folder_that_is_no_world_or_not_empty(tmp_path, parquet_world):
    with pytest.raises(BadInputError):
        change(tmp_path, tmp_path / "new", seed=1)
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(UsageError):
        change(parquet_world[0], tmp_path, seed=1)
