"""Read one batch ahead: the store works on the next batch while the current one is scored."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

Batch = TypeVar("Batch")


def read_ahead(batches: Generator[Batch]) -> Generator[Batch]:
    """Yield what `batches` yields, in its order, made in a thread of its own one step ahead.

    Parameters
    ----------
    batches : generator
        Never yields None. What it works on, such as a connection, is its own until this generator
        is exhausted or closed; it is closed with it. At most two batches of it are alive, besides
        what the caller keeps.

    Raises
    ------
    Exception
        Whatever `batches` raises, in the place of the batch that it did not make.
    """
    # The pool is left first: nobody closes a generator that still runs.
    with closing(batches), ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch
