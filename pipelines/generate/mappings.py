"""Mapping files beside a world, so that every folder of it loads with one command."""

from pathlib import Path
from typing import Final

from pipelines.generate.leads import HUBSPOT, SALESFORCE, SYSTEMS

_PRESETS: Final = {"salesforce": SYSTEMS[SALESFORCE], "hubspot": SYSTEMS[HUBSPOT]}
# Our own headers are the canonical names; naming each keeps the files readable by themselves.
_FIELDS: Final = {
    "activities": (
        "lead_source_id",
        "activity_id",
        "channel",
        "direction",
        "at",
        "disposition",
        "actor",
    ),
    "outcomes": (
        "lead_source_id",
        "outcome_id",
        "milestone",
        "occurred_at",
        "reason",
        "value_amount",
        "currency",
    ),
    "consent": (
        "lead_source_id",
        "consent_id",
        "channel",
        "purpose",
        "status",
        "lawful_basis",
        "captured_at",
        "effective_from",
        "effective_to",
        "is_confirmed",
        "capture_source",
        "evidence_ref",
    ),
    "suppressions": ("email", "phone", "domain", "channel", "reason", "since"),
    "customers": ("customer_id", "email", "phone", "domain", "status", "since"),
}
# Lists that belong to no CRM.
_LIST_SYSTEM: Final = "backoffice"


def write_mappings(folder: Path) -> None:
    """Write ``<table folder>.toml`` for every table of a world."""
    folder.mkdir(parents=True, exist_ok=True)
    for preset, system in _PRESETS.items():
        text = f'source_system = "{system}"\npreset = "{preset}"\n'
        (folder / f"leads_{preset}.toml").write_text(text, encoding="utf-8")
    for kind, fields in _FIELDS.items():
        own = kind in {"suppressions", "customers"}
        systems = {"": _LIST_SYSTEM} if own else {f"_{p}": s for p, s in _PRESETS.items()}
        lines = "".join(f'{name} = "{name}"\n' for name in fields)
        for suffix, system in systems.items():
            text = f'source_system = "{system}"\n\n[fields]\n{lines}'
            (folder / f"{kind}{suffix}.toml").write_text(text, encoding="utf-8")
