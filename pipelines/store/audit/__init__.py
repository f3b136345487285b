"""The audit log: what was listed, handed out, suppressed and erased, when and by whom.

One JSON object per line in ``audit/<year>-<month>.jsonl`` of the home. Every line carries its
number, the hash of the line before and its own, keyed with a key derived from the secret of the
home. docs/decisions/0027 has the reasons.
"""

from pipelines.store.audit.append import BEHIND, append, append_all, is_behind, repair
from pipelines.store.audit.chain import Fact
from pipelines.store.audit.check import Checked, check
from pipelines.store.audit.search import entries_of

__all__ = [
    "BEHIND",
    "Checked",
    "Fact",
    "append",
    "append_all",
    "check",
    "entries_of",
    "is_behind",
    "repair",
]
