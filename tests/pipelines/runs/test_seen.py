"""A file of the inbox that nobody has touched is not read again, and every other one is."""

import os
import shutil
from datetime import datetime, timedelta

import pytest

from pipelines.runs import seen, side_by_side
from pipelines.runs.inbox import land_inbox
from pipelines.store.ledger import Ledger

AT = datetime(2026, 10, 1)
ONE = "source_id,email\n1,a@x.io\n"
OTHER = "source_id,email\n1,b@x.io\n"


@pytest.fixture
def read(monkeypatch):
    """Names of the files that were read, and no file too young to be believed."""
    names = []
    land = side_by_side.land

    def told(file, **how):
        names.append(file.name)
        return land(file, **how)

    monkeypatch.setattr(side_by_side, "land", told)
    monkeypatch.setattr(seen, "_OLD_ENOUGH_NS", 0)
    return names


@pytest.fixture
def files(home):
    folder = home.inbox / "leads/crm"
    folder.mkdir(parents=True)
    (folder / "one.csv").write_text(ONE)
    (folder / "two.csv").write_text("source_id,email\n2,c@x.io\n")
    return folder


def night(home, read, at=AT):
    read.clear()
    with Ledger(home.ledger) as ledger:
        counts = land_inbox(home, ledger, at=at)
    assert counts["files"] == len(list(home.inbox.rglob("*.csv")))
    return sorted(read), counts["new_files"]


def test_what_nobody_has_touched_is_not_read_again(home, files, read):
    assert night(home, read) == (["one.csv", "two.csv"], 2)
    assert night(home, read) == ([], 0)
    (files / "three.csv").write_text("source_id,email\n3,d@x.io\n")
    assert night(home, read) == (["three.csv"], 1)
    assert night(home, read) == ([], 0)


def written_over(file):
    before = file.stat()
    file.write_text(OTHER)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def put_in_its_place(file):
    before = file.stat()
    other = file.with_name(".other")
    other.write_text(OTHER)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [written_over, put_in_its_place])
def test_a_change_that_hides_size_and_time_is_seen(home, files, read, change):
    night(home, read)
    before = (files / "one.csv").stat()
    change(files / "one.csv")
    after = (files / "one.csv").stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert night(home, read) == (["one.csv"], 1)


def test_a_file_that_is_read_otherwise_is_read_again(home, files, read):
    night(home, read)
    (files / "mapping.toml").write_text("[file]\nsalvage = true\n")
    assert night(home, read) == (["one.csv", "two.csv"], 2)


def test_without_its_batch_or_the_notes_a_file_is_read(home, files, read):
    night(home, read)
    batch = next(f.parent for f in home.batches.glob("*/batch.json") if "one.csv" in f.read_text())
    shutil.rmtree(batch)
    assert night(home, read) == (["one.csv"], 1)
    notes = home.staging.parent / "inbox-seen.json"
    for spoilt in ("{", "[]"):
        notes.write_text(spoilt)
        assert night(home, read) == (["one.csv", "two.csv"], 0)
    assert "csv" not in notes.read_text()


def test_another_program_and_another_week_read_all(home, files, read, monkeypatch):
    night(home, read)
    assert night(home, read, AT + timedelta(days=7))[0] == ["one.csv", "two.csv"]
    monkeypatch.setattr(seen, "code_hash", lambda: "another")
    assert night(home, read, AT + timedelta(days=7))[0] == ["one.csv", "two.csv"]


def test_what_was_written_just_now_is_not_trusted(home, files, read, monkeypatch):
    monkeypatch.setattr(seen, "_OLD_ENOUGH_NS", 60 * 10**9)
    assert night(home, read) == (["one.csv", "two.csv"], 2)
    assert night(home, read) == (["one.csv", "two.csv"], 0)
