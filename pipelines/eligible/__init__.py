"""Eligibility: who may be contacted at all, per person and channel, before anything is scored."""

from pipelines.eligible.evaluation import EligibleResult, evaluate, remember_suppressed
from pipelines.eligible.reasons import Reason, publish_reasons, reason_codes, reasons_of
from pipelines.eligible.report import blocked_report, mask_counts, unblock_report

__all__ = [
    "EligibleResult",
    "Reason",
    "blocked_report",
    "evaluate",
    "mask_counts",
    "publish_reasons",
    "reason_codes",
    "reasons_of",
    "remember_suppressed",
    "unblock_report",
]
