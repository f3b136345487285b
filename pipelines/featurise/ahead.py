"""Read one batch ahead: the store works on the next batch while the current one is scored."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from typing import TypeVar

Batch = TypeVar("Batch")


# One interrupt may fall between two statements: it is said again until the reading ends.
_INTERRUPT_EVERY_S = 0.2


def read_ahead(
    batches: Generator[Batch], interrupt: Callable[[], None] | None = None
) -> Generator[Batch]:
    """Yield what `batches` yields, in its order, made in a thread of its own one step ahead.

    Parameters
    ----------
    batches : generator
        Never yields None. What it works on, such as a connection, is its own until this generator
        is exhausted or closed; it is closed with it. At most two batches of it are alive, besides
        what the caller keeps.
    interrupt : callable, optional
        Makes the step that `batches` is at fail soon, from another thread; called when nobody
        waits for it any more, because of Ctrl-C or because this generator is closed early.

    Raises
    ------
    Exception
        Whatever `batches` raises, in the place of the batch that it did not make.
    """
    # The pool is left first: nobody closes a generator that still runs.
    with closing(batches), ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(next, batches, None)
        try:
            while (batch := coming.result()) is not None:
                coming = pool.submit(next, batches, None)
                yield batch
        except BaseException:
            while interrupt is not None and not coming.done():
                interrupt()
                wait([coming], timeout=_INTERRUPT_EVERY_S)
            raise
