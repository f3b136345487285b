"""Who asks to be forgotten does not wait for the night that brings an older home up to date."""

import shutil

import duckdb

from pipelines.runs.forget import run_forget
from pipelines.settings.home import Home
from tests.e2e.erased_world import fill, traces


def test_a_store_file_of_an_earlier_version_forgets_as_well(tmp_path, once):
    shutil.copytree(once("erased", fill) / "home", tmp_path / "home", symlinks=True)
    home = Home(tmp_path / "home")
    file = home.current.resolve()
    file.chmod(0o600)
    with duckdb.connect(str(file)) as db:
        # There, what a night decided was a table of its own.
        db.execute("CREATE TABLE plain AS SELECT * FROM decision")
        db.execute("DROP VIEW decision; DROP TABLE stored_decision")
        db.execute("ALTER TABLE plain RENAME TO decision")
    file.chmod(0o400)
    run_forget(home, ["jane.canary@own.example"])
    assert traces(home) == []
