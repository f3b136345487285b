"""Who is on tonight's list, for whom, and a decision for every lead."""

from pipelines.triage.decide import Lane, TriageResult, decide

__all__ = ["Lane", "TriageResult", "decide"]
