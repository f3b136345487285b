"""Batches without the persons who were erased: those on disk, and those that are just landing."""

from pipelines.load.erasing.batch import (
    ErasedBatch,
    Forgotten,
    erase_from_batch,
    find_in_batch,
)

__all__ = ["ErasedBatch", "Forgotten", "erase_from_batch", "find_in_batch"]
