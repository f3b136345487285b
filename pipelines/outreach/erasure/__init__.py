"""Who is meant by an erasure or an access request, and everything that the store holds of them."""

from pipelines.outreach.erasure.person import Person, find_person
from pipelines.outreach.erasure.tables import (
    count_in_store,
    erase_from_store,
    hold_leads,
    own_rows,
)

__all__ = [
    "Person",
    "count_in_store",
    "erase_from_store",
    "find_person",
    "hold_leads",
    "own_rows",
]
