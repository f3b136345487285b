"""Old lists leave the outbox; the published one and those to go back to never do."""

from datetime import date

from pipelines.runs.old_lists import drop_old_lists


def test_only_lists_of_long_ago_without_a_store_file_go(home):
    names = (
        "20240101-nightly-aa",  # too old
        "20240102-nightly-bb",  # of that age its store file is kept all the same
        "20241122-nightly-cc",  # on the day itself
        "20261122-nightly-dd",
        "20200101-notes-ee",
        "mine",
    )
    for name in names:
        (home.outbox / name).mkdir(parents=True)
        (home.outbox / name / "list.csv").write_text("x")
    (home.outbox / "20200101-nightly-file").write_text("x")
    home.snapshots.mkdir(parents=True, exist_ok=True)
    (home.snapshots / "leads-20240102-nightly-bb-0123.duckdb").write_text("x")
    assert drop_old_lists(home, date(2026, 11, 22), 730) == 1
    left = {path.name for path in home.outbox.iterdir()}
    assert left == {*names, "20200101-nightly-file"} - {"20240101-nightly-aa"}
    assert drop_old_lists(home, date(2026, 11, 22), 730) == 0
