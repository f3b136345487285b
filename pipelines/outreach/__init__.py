"""What happens during the day, on the ledger: suppressions and claims."""

from pipelines.outreach.claims import Handed, Lane, take
from pipelines.outreach.hashed_list import count_hashes, hash_lines
from pipelines.outreach.pacing import Terms
from pipelines.outreach.ready import Night, ready_list
from pipelines.outreach.suppression_list import suppress_list
from pipelines.outreach.suppressions import kind_of, suppress

__all__ = [
    "Handed",
    "Lane",
    "Night",
    "Terms",
    "count_hashes",
    "hash_lines",
    "kind_of",
    "ready_list",
    "suppress",
    "suppress_list",
    "take",
]
