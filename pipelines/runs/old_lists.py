"""Lists of long ago leave the outbox; the log keeps what it says of their nights."""

import shutil
from datetime import date, timedelta

from pipelines.settings.home import Home


def drop_old_lists(home: Home, as_of: date, keep_days: int) -> int:
    """Delete the folders of nights before `as_of` less `keep_days`, and return how many.

    A night that a store file is still kept of keeps its list: somebody may go back to it. What is
    not named as a run is left alone.
    """
    first = f"{as_of - timedelta(days=keep_days):%Y%m%d}"
    dropped = 0
    for folder in home.outbox.iterdir() if home.outbox.is_dir() else ():
        day, _, rest = folder.name.partition("-")
        if not (folder.is_dir() and len(day) == 8 and day.isdigit() and rest.startswith("nightly")):
            continue
        if day < first and not any(home.snapshots.glob(f"leads-{folder.name}-*.duckdb")):
            shutil.rmtree(folder)
            dropped += 1
    return dropped
