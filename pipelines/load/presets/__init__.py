"""CRM dialects as data, and the choice between them with a stated confidence."""

from pipelines.load.presets.detect import Match, best, matches
from pipelines.load.presets.table import Known, Preset

__all__ = ["Known", "Match", "Preset", "best", "matches"]
