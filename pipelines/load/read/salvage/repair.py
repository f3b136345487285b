"""What can be done to a broken record."""

from enum import StrEnum


class Repair(StrEnum):
    """What was done to a record; of several repairs the one listed first here is named."""

    DELIMITER_REPLACED = "delimiter_replaced"
    LINES_JOINED = "lines_joined"
    FIELDS_SPLIT = "fields_split"
    EXTRA_FIELDS_JOINED = "extra_fields_joined"
    PADDED = "padded"
    EMPTY_FIELDS_DROPPED = "empty_fields_dropped"
    QUOTE_REPAIRED = "quote_repaired"
    ENCODING_REPLACED = "encoding_replaced"
    NUL_REMOVED = "nul_removed"
    UNWRAPPED = "unwrapped"
    LINE_END_KEPT = "line_end_kept"
    HEADER_REPAIRED = "header_repaired"


# With these every cell stands where it stood in the file.
IN_PLACE = frozenset(
    {Repair.ENCODING_REPLACED, Repair.NUL_REMOVED, Repair.UNWRAPPED, Repair.LINE_END_KEPT}
)

_RANK = {repair: rank for rank, repair in enumerate(Repair)}


def gravest(repairs: set[Repair]) -> Repair:
    """Return the one of several repairs by which a record is named."""
    return min(repairs, key=_RANK.__getitem__)
