"""The policy in force, explained: which row decides, why, since when, and who wrote it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, cast

from pydantic import BaseModel

from pipelines.errors import UsageError
from pipelines.settings.channels import PartyClass, country_of, region_of
from pipelines.settings.clock import now
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.settings.policy import Basis, Channel, PolicyTable, Rule, load_policy
from pipelines.settings.windows import Window
from pipelines.store import Database
from pipelines.store.registers import Registers, read_registers
from pipelines.store.snapshot import current_snapshot

BASIS_IN_WORDS: Final[Mapping[Basis, str]] = {
    Basis.MAY: "may be contacted until they object: no consent needed",
    Basis.CONSENT: "only with an opt-in for this channel or, but for AI calls, for all channels",
    Basis.EXPRESS_CONSENT: "only with an opt-in that names this channel",
    Basis.CONSENT_OR_SOFT_OPT_IN: "only with an opt-in, or a recorded soft opt-in",
    Basis.CONSENT_OR_OWN_CUSTOMER: "only with an opt-in, or recorded as an own customer",
    Basis.CONSENT_OR_PUBLISHED_ADDRESS: "only with an opt-in, or an address recorded as published"
    " for this purpose",
    Basis.CONSENT_OR_RELATIONSHIP: "only with an opt-in, or a recent purchase or inquiry",
    Basis.CONSENT_OR_RELATIONSHIP_OR_PUBLISHED_ADDRESS: "only with an opt-in, a recent purchase or"
    " inquiry, or an address recorded as published for this purpose",
    Basis.PRESUMED_INTEREST: "only with an opt-in, or a recorded presumed interest",
    Basis.FORBIDDEN: "never, not even with an opt-in",
}
# Of the table as a whole; the rest is shown row by row, or is no rule of contact.
_NOT_GENERAL: Final = {"version", "regions", "windows", "zones", "addresses", "daily_caps"}


def explain_policy(
    home: Home,
    *,
    country: str | None = None,
    channel: Channel | None = None,
    party: PartyClass | None = None,
    state: str | None = None,
) -> dict[str, Any]:
    """Explain the rows in force for a country, channel, class of party and state; None: all.

    Parameters
    ----------
    country : str, optional
        ISO 3166-1 alpha-2, or UK.
    state : str, optional
        Of that country: CA, or US-CA.

    Returns
    -------
    dict
        JSON values. `rows` is empty, and `note` says what follows, where no row exists.

    Raises
    ------
    UsageError
        The country or state cannot be one.
    """
    region = _region(country)
    place = _place(region, state)
    settings = Settings.load(home.settings_file)
    policy, shipped = settings.policy, load_policy()
    registers, at = _registers(home, settings.feeds.max_shrink_percent), now()
    rows = [
        _row(policy, shipped, (own, by, who), rule, place, registers, at)
        for own, by, who, rule in policy.rows()
        if region in {None, own} and channel in {None, by} and party in {None, who}
    ]
    found: dict[str, Any] = {
        "policy_version": policy.version,
        "country": country.upper() if country else None,
        "region": region,
        "state": place,
        "rows": rows,
        "windows": {
            name: {**window.model_dump(mode="json"), **_origin(window, shipped.windows.get(name))}
            for name, window in policy.windows.items()
            if any(name in row["windows"] for row in rows)
        },
        "daily_caps": {
            name: {**cap.model_dump(mode="json"), **_origin(cap, shipped.daily_caps.get(name))}
            for name, cap in policy.daily_caps.items()
            if region is None or cap.holds(country_of(region), _iso(place))
        },
        "general": _general(policy, shipped),
        "note": None,
    }
    if not rows:
        asked = " ".join(word for word in (region, channel, party) if word)
        found["note"] = (
            f"{asked} has no row in the policy: nobody is contacted there until one exists."
            f" Write it in lead-triage.toml, under [policy.{region}.{channel or 'CHANNEL'}]."
        )
    return found


def _region(country: str | None) -> str | None:
    if country is None:
        return None
    code = country.strip().upper()
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        raise UsageError(
            f"{country!r} is no country", expected="two letters of ISO 3166-1, such as NL"
        )
    return region_of(code)


def _place(region: str | None, state: str | None) -> str | None:
    if state is None:
        return None
    if region is None:
        raise UsageError("a state without its country", expected="--country and --state")
    code = state.strip().upper()
    head, dash, tail = code.rpartition("-")
    if (dash and region_of(head) != region) or not tail.isalnum() or len(tail) > 3:
        raise UsageError(
            f"{state!r} is no state of {region}", expected="its code in ISO 3166-2, such as US-CA"
        )
    return f"{region}-{tail}"


def _iso(place: str | None) -> str | None:
    """Return a place of the policy, such as UK-ENG, as ISO 3166-2 says it."""
    return place and country_of(place[:2]) + place[2:]


def _row(
    policy: PolicyTable,
    shipped: PolicyTable,
    cell: tuple[str, Channel, PartyClass],
    rule: Rule,
    place: str | None,
    registers: Registers,
    at: datetime,
) -> dict[str, Any]:
    region, channel, party = cell
    values = rule.model_dump(mode="json")
    general = getattr(policy.consent_max_age_months, channel)
    own = values.pop("consent_max_age_months")
    max_age_days = values.pop("registry_max_age_days")
    values["registries"] = [
        _register(name, max_age_days, registers, at, is_optional=rule.is_registry_optional)
        for name in rule.registries
    ]
    return {
        "region": region,
        "channel": channel,
        "party": party,
        **values,
        "basis_in_words": BASIS_IN_WORDS[rule.basis],
        "consent_max_age_months": general if own is None else own,
        "consent_age_from": "channel" if own is None else "row",
        "retention_months": policy.retention.months if _retains(policy, region) else None,
        "windows": [
            name
            for name, window in policy.windows.items()
            if _binds(window, region, place, channel, party)
        ],
        **_origin(rule, shipped.rule(region, channel, party)),
    }


def _binds(
    window: Window, region: str, place: str | None, channel: Channel, party: PartyClass
) -> bool:
    """Tell whether a window binds in `place` or, where no state is asked for, in one of them."""
    states = {place} if place else {p for p in window.places if p.startswith(f"{region}-")}
    return window.holds(region, frozenset(states), channel, party)


def _retains(policy: PolicyTable, region: str) -> bool:
    return any(region_of(country) == region for country in policy.retention.countries)


def _register(
    name: str,
    max_age_days: int,
    registers: Registers,
    at: datetime,
    *,
    is_optional: bool,
) -> dict[str, Any]:
    newest = registers.newest.get(name)
    if name in registers.incomplete:
        state = "last copy not whole: blocks"
    elif name not in registers.newest:
        state = "not loaded, not required" if is_optional else "not loaded: blocks"
    elif newest is None:
        state = "of unknown age: blocks"
    else:
        is_stale = at - newest > timedelta(days=max_age_days)
        state = "stale: blocks" if is_stale else "fresh"
    return {
        "name": name,
        "max_age_days": max_age_days,
        "is_optional": is_optional,
        "newest": newest.isoformat() if newest else None,
        "age_days": (at - newest).days if newest else None,
        "state": state,
    }


def _registers(home: Home, max_shrink_percent: float) -> Registers:
    snapshot = current_snapshot(home)
    if snapshot is None:
        return Registers({}, frozenset())
    with Database.open(snapshot, read_only=True, memory_gb=0.5) as db:
        return read_registers(db, max_shrink_percent)


def _general(policy: PolicyTable, shipped: PolicyTable) -> dict[str, Any]:
    names = [name for name in PolicyTable.model_fields if name not in _NOT_GENERAL]
    return {
        name: {
            **cast("BaseModel", getattr(policy, name)).model_dump(mode="json"),
            **_origin(getattr(policy, name), getattr(shipped, name)),
        }
        for name in names
    }


def _origin(own: BaseModel, shipped: BaseModel | None) -> dict[str, Any]:
    """Return who wrote it, and the keys that a home has changed."""
    if shipped is None:
        return {"origin": "home", "overridden": sorted(own.model_fields_set)}
    ours, theirs = own.model_dump(), shipped.model_dump()
    changed = sorted(key for key in ours if ours[key] != theirs[key])
    return {"origin": "home" if changed else "shipped", "overridden": changed}
