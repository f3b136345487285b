"""When somebody may be called, and what an AI must say: asked at the moment of every claim."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Clearance:
    """What a row may be handed out with at this moment.

    Attributes
    ----------
    not_before, not_after : datetime or None
        UTC, naive; None: any time.
    disclosure_id : str or None
        The text that an AI must say; None where a person writes or calls.
    """

    not_before: datetime | None = None
    not_after: datetime | None = None
    disclosure_id: str | None = None


Clear = Callable[[Mapping[str, Any], datetime], Clearance | None]
"""Given a row of the ready list and the time, what it leaves with; None: not now."""
