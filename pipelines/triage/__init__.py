"""Who is on tonight's list, for whom, and a decision for every lead."""

from pipelines.triage.changes import write_changes
from pipelines.triage.decide import TriageResult, decide
from pipelines.triage.lanes import Lane, lanes_of
from pipelines.triage.mail_health import sick_mail
from pipelines.triage.route.rules import route_rules

__all__ = [
    "Lane",
    "TriageResult",
    "decide",
    "lanes_of",
    "route_rules",
    "sick_mail",
    "write_changes",
]
