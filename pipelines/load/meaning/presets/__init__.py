"""CRM dialects as data, and the choice between them with a stated confidence."""

from pipelines.load.meaning.presets.detect import Match, best, form_rank, is_leak, matches
from pipelines.load.meaning.presets.table import Known, Preset, Words

__all__ = ["Known", "Match", "Preset", "Words", "best", "form_rank", "is_leak", "matches"]
