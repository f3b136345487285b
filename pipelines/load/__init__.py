"""Load: files of any CRM to immutable batches, and batches into the store."""

from pipelines.load.batches.batch import Landed
from pipelines.load.land import land
from pipelines.load.lead_file import LeadFile, open_leads
from pipelines.load.meaning.mapping import Mapping, load_mapping
from pipelines.load.merging.merge import MergeCounts, merge
from pipelines.load.read.discover import discover
from pipelines.load.understand.preview import Preview, preview

__all__ = [
    "Landed",
    "LeadFile",
    "Mapping",
    "MergeCounts",
    "Preview",
    "discover",
    "land",
    "load_mapping",
    "merge",
    "open_leads",
    "preview",
]
