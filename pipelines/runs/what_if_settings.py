"""Other settings laid over those of a home, and which of them bear on who is listed."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from pipelines.errors import RefusedError, UsageError
from pipelines.runs.context import RunContext
from pipelines.settings.config import Settings
from pipelines.settings.layers import merged
from pipelines.settings.policy import PolicyTable
from pipelines.store.ledger import proof

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "policy": ("policy", "feeds", "control_group"),
    "route": ("routing", "handlers"),
    "value": ("value", "selection"),
    "cap": ("caps", "limits", "mail"),
    "capacity": ("capacity", "people", "contact_minutes", "exploration"),
}
"""Cause to the settings it stands for, in the order in which they are changed: who may be listed,
by whom, in which order, how many of a kind, how many at all."""

WITHOUT_PART: Final = (
    "store", "memory", "label", "list", "identify", "train", "gates", "sender", "disclosures",
    "variants",
)  # fmt: skip
"""What has no part in who is listed, or none before something else is done again."""


def other_settings(home_file: Path, over: Path) -> Settings:
    """Return the settings of a home with those of another file laid over them.

    Tables are laid over those in force key by key; a list replaces the whole list.

    Raises
    ------
    UsageError
        The file cannot be read, or names what a what-if cannot show.
    """
    given = _tables(over)
    silent = [name for name in WITHOUT_PART if name in given]
    if silent:
        raise UsageError(
            f"{over.name}: {', '.join(silent)} cannot be tried by a what-if",
            expected=f"tables of {', '.join(name for group in GROUPS.values() for name in group)}",
            fix="leave it out; persons, labels and models stay those of the last night",
        )
    own = _tables(home_file) if home_file.exists() else {}
    if "capacity" not in own:
        # In a home's own file a lane that is not named has none; here it stays as it is in force.
        own["capacity"] = Settings().capacity
    try:
        return Settings.model_validate(merged(own, given))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{over.name}: {key}: {first['msg'].removeprefix('Value error, ')}",
            fix="see `lead-triage config show` for every key and its default",
        ) from None


def night_settings(ctx: RunContext, config_hash: str) -> Settings:
    """Return the settings that a night was made with.

    Raises
    ------
    RefusedError
        They are not kept, or this version cannot mean them any more.
    """
    with ctx.ledger() as ledger:
        text = proof.settings_of(ledger, config_hash)
    try:
        if text is not None:
            kept = json.loads(text)
            # Whole as it was: a table of keys would be laid over the shipped policy of today.
            kept["policy"] = PolicyTable.model_validate(kept["policy"])
            return Settings.model_validate(kept)
    except (ValidationError, KeyError):
        pass
    raise RefusedError(
        "the settings of the last night cannot be read by this version",
        fix="run `lead-triage nightly` once, then ask again",
    )


def stages_between(before: Settings, after: Settings) -> list[tuple[str, Settings]]:
    """Return the causes that differ, each with the settings once it and those before it changed."""
    stages, now = [], before
    for cause, names in GROUPS.items():
        values = {name: getattr(after, name) for name in names}
        if any(getattr(now, name) != value for name, value in values.items()):
            now = now.model_copy(update=values)
            stages.append((cause, now))
    return stages


def changed_keys(before: Settings, after: Settings, names: Sequence[str]) -> list[str]:
    """Return the keys of some settings that differ, dotted, with what they hold now."""
    found: list[str] = []
    for name in names:
        one, two = (settings.model_dump(mode="json")[name] for settings in (before, after))
        found += _differing(name, one, two)
    return found


def _differing(name: str, one: object, two: object) -> list[str]:
    if isinstance(one, dict) and isinstance(two, dict):
        keys = [*one, *(key for key in two if key not in one)]
        return [f for key in keys for f in _differing(f"{name}.{key}", one.get(key), two.get(key))]
    return [] if one == two else [name]


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is not valid TOML: {error}") from None
