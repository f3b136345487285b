"""What a source is called when nobody says."""

import re
from pathlib import Path

from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.plan import Plan

_DATE_TAIL = r"([_\-. ]*(\d{2,}|v\d+|export|extract|final|all))+$"


def source_system_of(
    mapping: Mapping, argument: str | None, plan: Plan, file: Path
) -> tuple[str, str]:
    """Name the source: mapping, then argument, then the CRM's name, then the file's."""
    told = told_source(mapping, argument)
    if told is not None:
        return told, "argument" if mapping.source_system is None else "mapping"
    if plan.preset is not None:
        return plan.preset.name, "preset"
    stem = file.name.split(".")[0].lower()
    # leads_2024-05-01.csv and leads_2024-05-02.csv are the same source on two days.
    return _slug(re.sub(_DATE_TAIL, "", stem) or stem), "file name"


def told_source(mapping: Mapping, argument: str | None) -> str | None:
    """Return the source that mapping or argument name; None: the file has to tell."""
    if mapping.source_system is None and argument is not None:
        return _slug(argument)
    return mapping.source_system


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:63] or "source"
