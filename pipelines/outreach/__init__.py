"""What happens during the day, on the ledger: suppressions and claims."""

from pipelines.outreach.claims import ClaimResult, claim
from pipelines.outreach.hashed_list import count_hashes, hash_lines
from pipelines.outreach.suppression_list import suppress_list
from pipelines.outreach.suppressions import kind_of, suppress

__all__ = [
    "ClaimResult",
    "claim",
    "count_hashes",
    "hash_lines",
    "kind_of",
    "suppress",
    "suppress_list",
]
