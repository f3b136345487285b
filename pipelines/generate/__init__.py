"""A synthetic CRM backlog with a known truth: seeded, streaming, at any size.

Persons appear over 26 years in two source systems, do things, are contacted by reps who choose
whom, convert or refuse. What a CRM would know goes to export files, what really is the case to
``truth/``, which no stage reads. A day of changes to a world can be written beside it.
"""

from pipelines.generate.change import ChangeReport, change
from pipelines.generate.hidden import Hidden
from pipelines.generate.times import T_END, T_START
from pipelines.generate.world import GenerateReport, generate

__all__ = ["T_END", "T_START", "ChangeReport", "GenerateReport", "Hidden", "change", "generate"]
