"""`load` without paths: what lies in the inbox, read as its folders say, merged once."""

import pytest

from pipelines.console.loading import show_load
from pipelines.errors import BadInputError, UsageError
from pipelines.runs.load import LoadRequest, inbox_requests, run_load
from pipelines.settings.home import Home
from pipelines.store import Database

LEADS = "source_id,email,phone\n1,a@x.io,\n2,b@x.io,\n"


def drop(home, place, content):
    path = home.inbox / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


@pytest.fixture
def pile(home):
    """A pile of exports: two kinds, two sources, a mapping beside the files of one."""
    return [
        drop(home, "activities/crm/x.csv", "id,lead,kanal,am\n7,1,email,2026-10-01\n"),
        drop(home, "leads/crm/one.csv", LEADS),
        drop(home, "leads/crm/two.csv", "source_id,email\n3,c@x.io\n"),
        drop(home, "leads/shop/one.csv", "source_id,email\n1,z@x.io\n"),
        drop(
            home,
            "activities/crm/mapping.toml",
            'source_system = "crm"\n[fields]\nactivity_id = "id"\nlead_source_id = "lead"\n'
            'channel = "kanal"\nat = "am"\n',
        ),
    ]


def stored(home):
    with Database.open(home.current, read_only=True) as db:
        return {
            table: db.frame(f"SELECT * EXCLUDE (ingested_at, batch_id) FROM {table} ORDER BY ALL")
            for table in ("lead", "activity")
        }


def test_the_inbox_is_loaded_as_the_same_files_named_one_by_one(home, pile, tmp_path):
    loaded = run_load(home, inbox_requests(home))
    assert [file.path for file in loaded] == pile[:4]
    for file in loaded:
        entry = file.to_json()
        parts = ("loaded", "updated", "unchanged", "duplicates", "quarantined")
        assert entry["records"] == sum(entry[part] for part in parts)
    assert [file.landed.source_system for file in loaded] == ["crm", "crm", "crm", "shop"]
    other = Home(tmp_path / "other")
    mapping = inbox_requests(home)[0].mapping
    run_load(other, [LoadRequest([pile[0]], "activities", mapping)])
    run_load(other, [LoadRequest(pile[1:3], "leads", None, "crm")])
    run_load(other, [LoadRequest(pile[3:4], "leads", None, "shop")])
    ours, theirs = stored(home), stored(other)
    assert all(ours[table].equals(theirs[table]) for table in ours)
    assert ours["lead"].height == 4
    assert ours["activity"]["lead_key"].null_count() == 0
    assert all(file.was_loaded_before for file in run_load(home, inbox_requests(home)))


@pytest.mark.parametrize(
    "given", [{"kind": "consent"}, {"source_system": "x"}, {"mapping": "odoo"}, {}]
)
def test_options_without_files_are_no_load_of_the_inbox(home, pile, given, monkeypatch):
    monkeypatch.setenv("LEAD_TRIAGE_HOME", str(home.root))
    if not given:
        for path in pile:
            path.unlink()
    options = {"kind": None, "mapping": "auto", "source_system": None, **given}
    with pytest.raises(UsageError, match="no file was named"):
        show_load([], dry_run=False, defer=False, as_json=False, **options)
    assert not home.current.is_symlink()


def test_a_bad_mapping_or_folder_is_told_before_anything_is_landed(home, pile):
    drop(home, "leads/shop/mapping.toml", "nonsense = 1\n")
    with pytest.raises((UsageError, BadInputError), match="nonsense"):
        inbox_requests(home)
    drop(home, "leads/shop/mapping.toml", "")
    drop(home, "people/x.csv", LEADS)
    with pytest.raises(BadInputError, match="folder 'people'"):
        inbox_requests(home)


def test_the_same_bytes_are_loaded_once_and_a_dry_run_stores_nothing(
    home, pile, capsys, monkeypatch
):
    monkeypatch.setenv("LEAD_TRIAGE_HOME", str(home.root))
    drop(home, "leads/crm/two copy.csv", pile[2].read_text())
    given = {"kind": None, "mapping": "auto", "source_system": None, "as_json": False}
    show_load([], dry_run=True, defer=False, **given)
    told = capsys.readouterr()
    assert told.out.count("records, leads") == 3
    assert "1 records, activities" in told.out
    assert "is loaded once" in told.err
    assert not home.current.is_symlink()
    show_load([], dry_run=False, defer=True, **given)
    assert len(list(home.batches.iterdir())) == 4
    assert not home.current.is_symlink()
