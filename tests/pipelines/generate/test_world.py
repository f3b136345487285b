import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import polars as pl
import pytest

from pipelines.errors import UsageError
from pipelines.generate import T_END, T_START, Hidden, generate, parts, write
from pipelines.generate.block import BLOCK_PERSONS, block

EVENTS = {
    "activities_salesforce": "at",
    "activities_hubspot": "at",
    "outcomes_salesforce": "occurred_at",
    "outcomes_hubspot": "occurred_at",
    "consent_salesforce": "captured_at",
    "consent_hubspot": "captured_at",
    "suppressions": "since",
}
LEADS = {
    "leads_salesforce": ("Id", "CreatedDate", "LastModifiedDate", "LastActivityDate"),
    "leads_hubspot": ("Record ID", "Create Date", "Last Modified Date", "Last Activity Date"),
}
CHANGING = {
    "IsDeleted",
    "Status",
    "Rating",
    "HasOptedOutOfEmail",
    "DoNotCall",
    "IsConverted",
    "ConvertedDate",
    "LastModifiedDate",
    "LastActivityDate",
    "EmailBouncedDate",
    "Discovery_Stage__c",
    "Lead Status",
    "Lifecycle Stage",
    "Unsubscribed from all email",
    "Do Not Call",
    "Last Modified Date",
    "Last Activity Date",
    "Close Date",
}


def read(folder, table):
    return pl.read_parquet(folder / table / "*.parquet")


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet"])
def test_same_seed_same_bytes(tmp_path, form):
    for name in ("one", "two"):
        generate(tmp_path / name, leads=1_500, seed=5, format=form)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_other_seed_other_world(tmp_path):
    for seed in (5, 6):
        generate(tmp_path / str(seed), leads=1_500, seed=seed)
    one, two = digests(tmp_path / "5"), digests(tmp_path / "6")
    assert one.keys() == two.keys()
    same = {name for name in one if one[name] == two[name]}
    assert all(name.startswith("mappings/") for name in same)


def test_exactly_the_leads_asked_for(csv_world, parquet_world):
    for _, report in (csv_world, parquet_world):
        assert report.counts["leads_salesforce"] + report.counts["leads_hubspot"] == 6_000


def test_small_world_is_a_beginning_of_a_large_one(tmp_path, parquet_world):
    small, _ = parquet_world
    generate(tmp_path / "large", leads=BLOCK_PERSONS + 8_000, seed=11, format="parquet")
    for table in [*EVENTS, *LEADS, "customers"]:
        few, many = read(small, table), read(tmp_path / "large", table)
        assert 0 < few.height < many.height
        assert few.join(many, on=few.columns, how="semi", nulls_equal=True).height == few.height


def test_parts_hold_blocks_and_each_has_a_header(tmp_path, monkeypatch):
    monkeypatch.setattr(write, "BLOCKS_PER_PART", 1)
    report = generate(tmp_path, leads=BLOCK_PERSONS + 12_000, seed=3, format="csv")
    parts = sorted((tmp_path / "activities_hubspot").iterdir())
    assert [part.name for part in parts] == ["part-00000.csv", "part-00001.csv"]
    rows = sum(pl.read_csv(part).height for part in parts)
    assert rows == report.counts["activities_hubspot"]
    ids = pl.concat([pl.read_csv(part) for part in parts])["activity_id"]
    assert ids.n_unique() == ids.len()


def test_parts_made_side_by_side_have_the_same_bytes(tmp_path, monkeypatch):
    """With threads in the place of processes: these would not see the smaller parts."""
    for module in (write, parts):
        monkeypatch.setattr(module, "BLOCKS_PER_PART", 1)
    shared = []

    def pool(workers, *_):
        shared.append(workers)
        return ThreadPoolExecutor(workers)

    monkeypatch.setattr(parts, "ProcessPoolExecutor", pool)
    leads = 2 * parts.MOST_LEADS_PER_BLOCK + 5_000
    one, two = (
        generate(tmp_path / str(n), leads=leads, seed=3, format="csv", with_truth=False, workers=n)
        for n in (1, 2)
    )
    assert shared == [2]
    assert (one.counts, one.broken) == (two.counts, two.broken)
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
    assert len(list((tmp_path / "2" / "customers").iterdir())) == 3


def test_no_block_has_more_leads_than_parts_are_counted_with():
    for number in range(4):
        assert block(3, number, 10**9).lead_count < parts.MOST_LEADS_PER_BLOCK


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    folder = tmp_path_factory.mktemp("until")
    for day in (date(2012, 3, 4), date(2021, 6, 1)):
        generate(folder / str(day), leads=6_000, seed=11, until=day, format="parquet")
    return folder


@pytest.mark.parametrize("first", ["2012-03-04", "2021-06-01"])
def test_events_of_an_earlier_view_are_those_of_a_later_one_before_it(
    earlier, parquet_world, first
):
    moment = datetime.fromisoformat(first)
    for table, at in EVENTS.items():
        then, now = read(earlier / first, table), read(parquet_world[0], table)
        before = now.filter(pl.col(at).cast(pl.Datetime("us")) < moment)
        assert then.sort(pl.all()).equals(before.sort(pl.all())), table
    assert read(earlier / first, "activities_salesforce").height > 100


@pytest.mark.parametrize("first", ["2012-03-04", "2021-06-01"])
def test_leads_of_an_earlier_view_keep_ids_and_know_nothing_later(earlier, parquet_world, first):
    moment = datetime.fromisoformat(first)
    for table, (key, created, modified, last) in LEADS.items():
        then, now = read(earlier / first, table), read(parquet_world[0], table)
        lasting = [name for name in then.columns if name not in CHANGING]
        before = now.filter(pl.col(key).is_in(then[key].implode()))
        assert then.select(lasting).equals(before.select(lasting))
        others = now.filter(~pl.col(key).is_in(then[key].implode()))
        assert others[created].min() >= moment
        if then.is_empty():  # HubSpot came in 2013
            assert table == "leads_hubspot"
            continue
        assert then[modified].max() < moment
        assert then[last].max() < (moment if table == "leads_hubspot" else moment.date())
    sf = read(earlier / first, "leads_salesforce")
    converted = sf.filter("IsConverted")
    assert converted.height > 0
    assert converted["ConvertedDate"].max() < moment.date()


def test_something_changes_between_views(earlier, parquet_world):
    then = read(earlier / "2021-06-01", "leads_salesforce")
    now = read(parquet_world[0], "leads_salesforce").filter(
        pl.col("Id").is_in(then["Id"].implode())
    )
    for name in CHANGING & set(then.columns):
        assert not then[name].equals(now[name]), name


def test_conversions_of_files_agree(parquet_world):
    folder, _ = parquet_world
    rows = read(folder, "leads_salesforce").filter("IsConverted")
    told = read(folder, "outcomes_salesforce").filter(pl.col("milestone") == "converted")
    pairs = rows.select("Id", "ConvertedDate").sort("Id")
    assert pairs.equals(told.select(Id="lead_source_id", ConvertedDate="occurred_at").sort("Id"))


def test_nothing_goes_out_after_conversion(parquet_world):
    folder, _ = parquet_world
    truth = pl.read_parquet(folder / "truth" / "leads.parquet")
    acts = pl.concat([read(folder, t) for t in EVENTS if t.startswith("activities")])
    late = acts.join(truth, left_on="lead_source_id", right_on="source_id").filter(
        pl.col("at") >= pl.col("converted_at")
    )
    assert truth["converted_at"].is_not_null().sum() > 100
    assert late.is_empty()


def test_children_point_at_leads(parquet_world):
    folder, _ = parquet_world
    for table in EVENTS:
        if table == "suppressions":
            continue
        system = table.split("_")[1]
        key = LEADS[f"leads_{system}"][0]
        rows = read(folder, table)
        leads = read(folder, f"leads_{system}")
        assert rows.join(leads, left_on="lead_source_id", right_on=key, how="anti").is_empty()


@pytest.mark.parametrize(
    "wrong",
    [
        {"leads": 0},
        {"seed": -1},
        {"until": T_START},
        {"until": date(2026, 10, 2)},
        {"hidden": Hidden(weight=-0.1)},
        {"hidden": Hidden(weight=float("nan"))},
        {"hidden": Hidden(selection=1.1)},
    ],
)
def test_refuses_what_cannot_be_meant(tmp_path, wrong):
    with pytest.raises(UsageError):
        generate(tmp_path / "new", **({"leads": 10, "seed": 1, "until": T_END} | wrong))
    assert not (tmp_path / "new").exists()


def test_refuses_a_folder_that_holds_something(tmp_path):
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(UsageError):
        generate(tmp_path, leads=10, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
