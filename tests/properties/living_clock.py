"""A clock that a test moves, in place of the one that the product reads."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from pipelines.settings import clock


class Clock:
    """UTC, naive, as the product keeps time."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()


@contextmanager
def ticking(at: datetime) -> Iterator[Clock]:
    """Let every module that knows the time ask this clock, also those imported later."""
    own = Clock(at)
    real = {"now": clock.now, "today": clock.today}
    modules = [m for n, m in list(sys.modules.items()) if n.split(".")[0] == "pipelines"]

    def put(found: dict, wanted: dict) -> None:
        for module in modules:
            for name, function in found.items():
                if getattr(module, name, None) is function:
                    setattr(module, name, wanted[name])

    fake = {"now": own.now, "today": own.today}
    held = dict(fake)
    put(real, held)
    try:
        yield own
    finally:
        modules = [m for n, m in list(sys.modules.items()) if n.split(".")[0] == "pipelines"]
        put(held, real)
