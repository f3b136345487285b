"""Places where a run dies: before or after a step, as if the machine had stopped there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipelines.runs import ending, erasing, landing, load, nightly, publication


class Killed(BaseException):
    """Not an error: nobody may catch it and go on."""


PLACES = {
    "load": [
        (landing, "merge"),
        (load, "find_persons"),
        (publication, "publish"),
        (publication, "record_publication"),
        (ending, "make_ready"),
    ],
    "night": [
        (nightly, "land_attempts"),
        (nightly, "run_stage"),
        (landing, "merge"),
        (publication, "publish"),
        (publication, "record_publication"),
        (ending, "make_ready"),
    ],
    "forget": [
        (erasing, "erase_from_batch"),
        (erasing, "_erase_lists"),
        (erasing, "erase_from_store"),
        (erasing, "publish_staged"),
        (erasing, "_forget_in_ledger"),
    ],
}


@contextmanager
def dying(where: tuple[Any, str], *, after: bool, call: int = 1) -> Iterator[None]:
    """Die at the given call of a function, before it or after it."""
    module, name = where
    real = getattr(module, name)
    calls = 0

    def wrapped(*given: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == call and not after:
            raise Killed
        found = real(*given, **named)
        if calls == call:
            raise Killed
        return found

    setattr(module, name, wrapped)
    try:
        yield
    finally:
        setattr(module, name, real)
