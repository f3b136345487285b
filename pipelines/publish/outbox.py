"""The list as files: CSV for people, Parquet for programs, neither with contact points."""

import shutil
from pathlib import Path

from pipelines.store import Database, sql
from pipelines.store.files import write_table

LIST_NAME = "list.parquet"


def write_list(db: Database, folder: Path) -> int:
    """Write ``list.parquet`` and ``list.csv`` of the night into `folder`; return the rows."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True)
    listed = db.frame(sql(__package__, "list.sql"))
    write_table(listed, folder / LIST_NAME)
    write_table(listed, folder / "list.csv")
    return listed.height


def write_funnel(db: Database, run_id: str) -> None:
    """Fill the table `funnel` for run `run_id`."""
    db.run("DELETE FROM funnel")
    db.run(sql(__package__, "funnel.sql"), run_id=run_id)
