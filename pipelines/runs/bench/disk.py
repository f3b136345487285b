"""How much disk a benchmark needs, so that it is refused before it begins and not hours later."""

import shutil
from pathlib import Path
from typing import Final

from pipelines.errors import RefusedError

# Bytes per lead, measured at 1M and 10M leads: generated files by format, landed batches, what
# DuckDB alone makes of the files, and the published file.
_WORLD: Final = {"parquet": 125, "csv": 520}
_BATCHES: Final = 155
_RAW: Final = 200
_NIGHT: Final = 195
_FIXED: Final = 400_000_000


def need(rows: int, form: str, *, keep: bool) -> int:
    """Return the bytes that one run takes at its peak.

    Parameters
    ----------
    keep : bool
        Generated files stay; otherwise each export is deleted once it is loaded, before the
        store files are written.
    """
    # A night wants room for one and a half published files, and gives up older ones for that.
    night = _BATCHES + 5 * _NIGHT // 2 + (_WORLD[form] if keep else 0)
    return _FIXED + rows * max(night, _WORLD[form] + max(_BATCHES, _RAW))


def check_disk(folder: Path, bytes_needed: int) -> None:
    """Refuse when the disk of a folder does not hold what is needed.

    Raises
    ------
    RefusedError
        Nothing was written.
    """
    free = shutil.disk_usage(folder).free
    if free < bytes_needed:
        raise RefusedError(
            f"{free / 1e9:.1f} GB of disk are free at {folder}",
            expected=f"about {bytes_needed / 1e9:.1f} GB for these rows",
            fix="give fewer --rows, or --out a folder on a larger disk",
        )
