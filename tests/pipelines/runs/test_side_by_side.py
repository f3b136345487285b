"""Files landed side by side give what files landed one after the other give."""

import threading
from datetime import datetime, timedelta

import polars as pl
import pytest

from pipelines.errors import BadInputError, RefusedError
from pipelines.load import land, load_mapping
from pipelines.load.batches.batch import RECORD_FILE, Landed
from pipelines.runs import side_by_side
from pipelines.runs.side_by_side import FileToLand, land_side_by_side

AT = datetime(2026, 11, 20, 12, 0)


@pytest.fixture
def pile(tmp_path):
    """Files of two named sources in two kinds, of which later ones look back at earlier ones."""
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('source_system = "told"\n')
    given = load_mapping(mapping)
    made = []
    for day in range(3):
        for kind, source in (("leads", "a"), ("leads", "b"), ("activities", "a")):
            path = tmp_path / f"{kind}-{source}-{day}.csv"
            rows = range(day * 50, day * 50 + 80)
            if kind == "leads":
                extra = f"c{day}" if day else "c0"
                lines = [f"source_id,email,DoNotCall,{extra}"]
                lines += [f"{n},{source}{n}@x.io,{n % 7 == 0},{n}" for n in rows]
            else:
                lines = ["activity_id,lead_source_id,channel,at"]
                lines += [f"{n},{n},email,2026-10-0{1 + n % 9}" for n in rows]
            path.write_text("\n".join(lines) + "\n")
            told = given if (source, kind) == ("b", "leads") else None
            made.append(FileToLand(path, kind, told, None if told else source))
    return made


def record(landed: Landed) -> dict:
    found = dict(vars(landed))
    return {name: value for name, value in found.items() if name not in ("seconds", "folder")}


def landed_in(folder, files):
    found = []
    land_side_by_side(files, folder, at=AT, ended=lambda _, one: found.append(one))
    return found


def test_side_by_side_is_one_after_the_other(pile, tmp_path):
    found = landed_in(tmp_path / "one" / "batches", pile)
    for number, (file, one) in enumerate(zip(pile, found, strict=True)):
        alone = land(
            file.path,
            kind=file.kind,
            mapping=file.mapping,
            source_system=file.source_system,
            batches_dir=tmp_path / "two" / "batches",
            at=AT + timedelta(microseconds=number),
        )
        assert record(one) == record(alone)
        tables = sorted(path.name for path in alone.folder.glob("*.parquet"))
        assert tables == sorted(path.name for path in one.folder.glob("*.parquet"))
        for table in tables:
            assert pl.read_parquet(one.folder / table).equals(pl.read_parquet(alone.folder / table))
    assert {one.source_system for one in found} == {"a", "told"}


def test_two_files_run_at_once_and_those_of_one_source_never(pile, tmp_path, monkeypatch):
    lock, running, seen = threading.Lock(), [], []
    both = threading.Barrier(2)

    def slow(path, *, kind, source_system, mapping, **_rest):
        line = (kind, mapping.source_system if mapping else source_system)
        with lock:
            running.append(line)
            seen.append(sorted(running))
        if path.name in ("leads-a-0.csv", "leads-b-0.csv"):
            both.wait(timeout=20)
        with lock:
            running.remove(line)
        return path

    monkeypatch.setattr(side_by_side, "land", slow)
    leads = [file for file in pile if file.kind == "leads"]
    assert landed_in(tmp_path, leads) == [file.path for file in leads]
    assert max(map(len, seen)) == 2
    assert all(len(set(lines)) == len(lines) for lines in seen)


def test_where_one_source_is_guessed_all_files_of_the_kind_wait_for_each_other(
    pile, tmp_path, monkeypatch
):
    running = []

    def alone(path, *, kind, **_rest):
        assert kind not in running
        running.append(kind)
        running.remove(kind)
        return path

    monkeypatch.setattr(side_by_side, "land", alone)
    loose = tmp_path / "loose.csv"
    loose.write_text("source_id,email\n1,a@x.io\n")
    files = [*pile, FileToLand(loose, "leads")]
    assert landed_in(tmp_path, files) == [file.path for file in files]
    queue = side_by_side._Queue(files)
    taken = {queue.take(len(files)) for _ in range(3)} - {None}
    assert {files[number].kind for number in taken} == {"leads", "activities"}
    assert len(taken) == 2


def test_the_first_that_fails_in_the_order_of_the_files_is_the_one_that_is_told(pile, tmp_path):
    # Of the line with most bytes, and so begun first; those before it are landed all the same.
    pile[3].path.write_text("source_id,x\n" + "1,2\n" * 200 + "2,3,4\n" * 2 + '"')
    heard = []

    def ended(file, found):
        heard.append(file.path.name)
        if isinstance(found, Exception):
            raise found

    with pytest.raises((BadInputError, RefusedError)):
        land_side_by_side(pile, tmp_path / "batches", at=AT, ended=ended)
    assert heard == [file.path.name for file in pile[:4]]
    whole = {path.parent for path in (tmp_path / "batches").glob(f"*/{RECORD_FILE}")}
    assert len(whole) >= 3
    # What was on its way left nothing.
    assert {path for path in (tmp_path / "batches").iterdir() if path.is_dir()} == whole


def test_stopped_it_gives_up_what_is_on_its_way(pile, tmp_path):
    def ended(_file, _found):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        land_side_by_side(pile, tmp_path / "batches", at=AT, ended=ended)
    folders = {path for path in (tmp_path / "batches").iterdir() if path.is_dir()}
    assert len(folders) < len(pile)
    assert all((path / RECORD_FILE).is_file() for path in folders)
