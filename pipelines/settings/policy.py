"""Contact policy: who may be contacted where, by what, and on which legal ground.

The shipped table is `policy_default.toml`; a home overrides single keys of it. Not legal advice.
"""

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from features.mailhosts import DISPOSABLE_DOMAINS, FREE_MAIL_DOMAINS, ROLE_LOCAL_PARTS
from pipelines.errors import UsageError
from pipelines.settings.channels import CHANNELS as CHANNELS
from pipelines.settings.channels import PARTY_CLASSES as PARTY_CLASSES
from pipelines.settings.channels import REGION_OF_COUNTRY as REGION_OF_COUNTRY
from pipelines.settings.channels import Channel as Channel
from pipelines.settings.channels import PartyClass as PartyClass
from pipelines.settings.daily_caps import DailyCap
from pipelines.settings.layers import merged
from pipelines.settings.windows import Windows, Zones

Registry = Literal["us_dnc", "uk_tps", "uk_ctps", "ca_dncl", "uk_mps", "de_robinson"]
REGISTRIES: tuple[Registry, ...] = get_args(Registry)
RegionCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Months = Annotated[int, Field(ge=0, le=120)]
Days = Annotated[int, Field(ge=0, le=366)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Basis(StrEnum):
    """What makes contact lawful in one row; every row accepts valid consent as well."""

    MAY = "may"
    """No consent needed: an opt-out regime."""
    CONSENT = "consent"
    """An opt-in for the channel, or for all channels (ai_voice must always be named)."""
    EXPRESS_CONSENT = "express_consent"
    """An opt-in that names the channel."""
    CONSENT_OR_SOFT_OPT_IN = "consent_or_soft_opt_in"
    """Or an event with lawful basis `soft_opt_in`."""
    CONSENT_OR_OWN_CUSTOMER = "consent_or_own_customer"
    """Or an event with lawful basis `own_customer`."""
    CONSENT_OR_PUBLISHED_ADDRESS = "consent_or_published_address"
    """Or an event with lawful basis `published_address`."""
    CONSENT_OR_RELATIONSHIP = "consent_or_relationship"
    """Or a purchase or inquiry of the person within the row's months."""
    CONSENT_OR_RELATIONSHIP_OR_PUBLISHED_ADDRESS = "consent_or_relationship_or_published_address"
    """Or either of the two above."""
    PRESUMED_INTEREST = "presumed_interest"
    """Consent, or an event with lawful basis `presumed_interest`."""
    FORBIDDEN = "forbidden"
    """Never, not even with consent."""


# Basis -> `consent_event.lawful_basis` that is enough without an opt-in.
RECORDED_BASIS: Mapping[Basis, str] = {
    Basis.CONSENT_OR_SOFT_OPT_IN: "soft_opt_in",
    Basis.CONSENT_OR_OWN_CUSTOMER: "own_customer",
    Basis.CONSENT_OR_PUBLISHED_ADDRESS: "published_address",
    Basis.CONSENT_OR_RELATIONSHIP_OR_PUBLISHED_ADDRESS: "published_address",
    Basis.PRESUMED_INTEREST: "presumed_interest",
}
RELATIONSHIP_BASES = frozenset(
    {Basis.CONSENT_OR_RELATIONSHIP, Basis.CONSENT_OR_RELATIONSHIP_OR_PUBLISHED_ADDRESS}
)


class Rule(_Frozen):
    """One row: a region, a channel and a class of party."""

    rule: Annotated[str, Field(min_length=1)]
    """Name of the rule in words, with its legal source."""
    version: Annotated[str, Field(min_length=1)]
    """Version of the row; change it with the row."""
    basis: Basis
    """What makes contact lawful."""
    consent_max_age_months: Months | None = None
    """Months since given for which consent counts; none: the channel's general figure."""
    purchase_months: Months = 0
    """Months since a purchase that make a relationship; 0: a purchase makes none."""
    inquiry_months: Months = 0
    """Months since an inquiry that make a relationship; 0: an inquiry makes none."""
    registries: tuple[Registry, ...] = ()
    """Public registers the contact point must be screened against."""
    registry_max_age_days: Days = 0
    """Days for which a register's data may be used."""
    is_registry_optional: bool = False
    """An absent register does not block; a loaded one is honoured, and blocks when stale."""
    exempt_purchase_months: Months = 0
    """Months since a purchase that lift the register; 0: never."""
    exempt_inquiry_months: Months = 0
    """Months since an inquiry that lift the register; 0: never."""
    is_mobile_as_consumer: bool = False
    """A mobile number is judged by the consumer's row of the same region and channel."""
    is_proof_required: bool = False
    """Consent counts only with a reference to its proof."""
    is_contested: bool = False
    """The row is contested or from memory; counsel must look at it first."""

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if self.registries and self.registry_max_age_days == 0:
            raise ValueError("registries need registry_max_age_days of at least 1")
        has_relationship = self.purchase_months > 0 or self.inquiry_months > 0
        if has_relationship != (self.basis in RELATIONSHIP_BASES):
            raise ValueError("purchase_months and inquiry_months go with a relationship basis")
        return self


class ChannelMonths(_Frozen):
    """Months since given for which consent counts, by channel."""

    email: Months
    phone: Months
    ai_voice: Months
    sms: Months
    mail: Months


class Retention(_Frozen):
    """When a lead without own contact goes to a retention review instead."""

    months: Annotated[int, Field(ge=1, le=120)]
    """Months since the person's last own contact."""
    countries: tuple[CountryCode, ...]
    """ISO 3166-1 alpha-2 codes of the countries it holds in."""


class Pacing(_Frozen):
    """How often one person may be approached, over all channels and duplicates."""

    recontact_interval_days: Days
    """Days without approach after the last one; 0: none."""
    max_attempts_per_year: Annotated[int, Field(ge=1, le=1_000)]
    """Attempts in 365 days."""
    max_attempts_ever: Annotated[int, Field(ge=0, le=10_000)]
    """Attempts after which nobody is approached again; 0: no such cap."""


class Ownership(_Frozen):
    """When a lead is in the hands of its owner."""

    active_days: Annotated[int, Field(ge=0, le=366)]
    """Days since the owner's last touch for which a lead is on no list; 0: owners do not count."""


class Addresses(_Frozen):
    """E-mail addresses that do not lead to one lasting person. All in lower case."""

    is_role_address_blocked: bool
    is_disposable_domain_blocked: bool
    role_names: tuple[str, ...] = ROLE_LOCAL_PARTS
    """Local parts such as info."""
    disposable_domains: tuple[str, ...] = DISPOSABLE_DOMAINS
    free_domains: tuple[str, ...] = FREE_MAIL_DOMAINS
    """Free-mail and access providers: never the domain of one account in a customer feed."""


class PolicyTable(_Frozen):
    """The whole policy. `regions` is region -> channel -> class of party -> row."""

    version: str
    consent_max_age_months: ChannelMonths
    retention: Retention
    pacing: Pacing
    daily_caps: dict[str, DailyCap]
    """Name -> cap on approaches in 24 hours; every one that holds for a person binds."""
    ownership: Ownership
    addresses: Addresses
    windows: Windows
    """Name -> call window; every one that holds for a person binds."""
    zones: Zones
    regions: dict[RegionCode, dict[Channel, dict[PartyClass, Rule]]]

    def rule(self, region: str, channel: Channel, party: PartyClass) -> Rule | None:
        """Return the row of one cell; None where no row exists, so no contact either."""
        return self.regions.get(region, {}).get(channel, {}).get(party)

    def rows(self) -> Iterator[tuple[str, Channel, PartyClass, Rule]]:
        """Yield every row with its region, channel and class of party, in table order."""
        for region, channels in self.regions.items():
            for channel, parties in channels.items():
                for party, rule in parties.items():
                    yield region, channel, party, rule


class SuppressionFeed(_Frozen):
    """A source of suppression lists that must keep coming; else nothing is published."""

    max_age_days: Annotated[int, Field(ge=1, le=366)] = 7
    """Days since its last list was imported or confirmed."""
    is_partial: bool = False
    """Its lists hold what is new only, so their length tells nothing."""


class FeedSettings(_Frozen):
    """Feeds that must be there before anybody is contacted."""

    customers: Literal["required", "none"] = "required"
    """`none` declares that no feed of customers and open opportunities exists."""
    customer_max_age_days: Annotated[int, Field(ge=1, le=366)] = 7
    """Days since the newest row of the feed was loaded."""
    opportunities: Literal["with_customers", "required", "none"] = "with_customers"
    """Where open opportunities come from: the feed of customers brings them, they are a feed of
    their own that must be there too, or there are none."""
    opportunity_max_age_days: Annotated[int, Field(ge=1, le=366)] = 7
    """Days since the newest open opportunity was loaded, where they are a feed of their own."""
    max_shrink_percent: Annotated[float, Field(ge=0, le=100)] = 2.0
    """How much shorter than the one before a copy of a register, or a whole list, may be."""
    suppressions: dict[str, SuppressionFeed] = Field(default_factory=dict)
    """Sources of suppression lists that must keep coming."""


def load_policy(overrides: Mapping[str, object] | None = None) -> PolicyTable:
    """Return the shipped policy with single keys replaced by `overrides`.

    Parameters
    ----------
    overrides : mapping, optional
        The `[policy]` table of the settings: general tables (`pacing`, `retention`, ...) and rows
        as region -> channel -> class of party. Keys that stand directly under a channel hold for
        all three classes. A new region is added the same way.

    Raises
    ------
    UsageError
        A key is unknown, a row incomplete or a value out of range.
    """
    data = _spread(_shipped())
    if overrides:
        data = merged(data, _spread(overrides))
    for name in ("regions", *REGION_OF_COUNTRY):
        if name in data:
            known = REGION_OF_COUNTRY.get(name, "two capitals, such as US")
            raise UsageError(f"setting policy.{name} names no region", expected=known)
    regions = {key: value for key, value in data.items() if _is_region(key)}
    general = {key: value for key, value in data.items() if not _is_region(key)}
    try:
        return PolicyTable.model_validate({**general, "regions": regions})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        path = [str(part) for part in first["loc"] if part not in {"regions", "[key]"}]
        raise UsageError(
            f"setting {'.'.join(['policy', *path])}: {first['msg'].removeprefix('Value error, ')}",
            fix=f"see pipelines/settings/{_file_of(path)} for every key",
        ) from None


@cache
def _shipped() -> Mapping[str, object]:
    folder = files("pipelines.settings")
    return {
        key: value
        for name in ("policy_default.toml", "windows_default.toml")
        for key, value in tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")).items()
    }


def _file_of(path: list[str]) -> str:
    return "windows_default.toml" if path[:1] in (["windows"], ["zones"]) else "policy_default.toml"


def _is_region(key: str) -> bool:
    return len(key) == 2 and key.isascii() and key.isupper()


def _spread(table: Mapping[str, object]) -> dict[str, object]:
    """Copy keys that stand directly under a channel into each of its classes of party."""
    return {
        key: {channel: _by_party(rows) for channel, rows in value.items()}
        if _is_region(key) and isinstance(value, dict)
        else value
        for key, value in table.items()
    }


def _by_party(rows: object) -> object:
    if not isinstance(rows, dict):
        return rows
    shared = {key: value for key, value in rows.items() if key not in PARTY_CLASSES}
    own = {key: value for key, value in rows.items() if key in PARTY_CLASSES}
    if not shared:
        return own
    return {
        party: {**shared, **cell} if isinstance(cell := own.get(party, {}), dict) else cell
        for party in PARTY_CLASSES
    }
