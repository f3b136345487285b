"""Work on several batches at once, and take the results in their order."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


def in_order(items: Iterator[Given], work: Callable[[Given], Made], threads: int) -> Iterator[Made]:
    """Yield ``work(item)`` for every item, in the order of the items.

    Polars leaves the interpreter's lock while it computes, so threads are enough. Items are taken
    in the caller's thread, and no more than `threads` + 1 are held at a time: that bounds memory.

    Raises
    ------
    Exception
        Whatever `work` or `items` raises first; work that has begun is waited for.
    """
    with ThreadPoolExecutor(threads, thread_name_prefix="batch") as pool:
        begun: deque[Future[Made]] = deque()
        for item in items:
            begun.append(pool.submit(work, item))
            if len(begun) > threads:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
