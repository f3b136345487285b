"""Settings of tonight's selection: what a lead is worth, who works it, and what binds the list."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from features.mailhosts import FREE_MAIL_DOMAINS
from pipelines.settings.channels import Channel
from pipelines.settings.handlers import HandlerSettings
from pipelines.settings.routing import RoutingSettings, default_routing

Handler = Literal["ai", "human"]
Attribute = Literal[
    "region", "country", "language", "owner", "source_system", "lead_source", "industry",
    "email_domain", "sending_domain", "team",
]  # fmt: skip
Words = tuple[Annotated[str, Field(min_length=1)], ...]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ValueRule(_Frozen):
    """What a conversion of some leads is worth; the first rule that a lead meets counts."""

    by: Annotated[str, Field(min_length=1)] | None = None
    """Column that decides: region, owner, any column of a lead or of its file; none: all leads."""
    is_: str | tuple[str, ...] | None = Field(default=None, alias="is")
    """Values it has then, in capitals or not."""
    worth: Amount | None = None
    """Value of a conversion."""
    column: Annotated[str, Field(min_length=1)] | None = None
    """Or the column that holds it, lead by lead; where the cell is no amount, the next rule."""

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if (self.worth is None) == (self.column is None):
            raise ValueError("a rule says either worth or column")
        if (self.by is None) != (self.is_ is None):
            raise ValueError("by and is go together")
        return self


class ValueSettings(_Frozen):
    """What a conversion is worth, in one currency."""

    per_conversion: Amount | None = None
    """Value of a conversion; none: lists are ordered by probability and costs count as 0."""
    rules: tuple[ValueRule, ...] = ()
    """Other values for some leads; who meets none is worth per_conversion."""
    cost: dict[Channel, dict[Handler, Amount]] = Field(default_factory=dict)
    """Cost of one contact, by channel and handler."""

    @model_validator(mode="after")
    def _has_last_resort(self) -> Self:
        if self.rules and self.per_conversion is None:
            raise ValueError("rules need per_conversion too: the value of who meets none of them")
        return self


class Worker(_Frozen):
    """One person who contacts leads; an empty list means any, and unknown is never among some."""

    name: Annotated[str, Field(min_length=1)]
    minutes: Annotated[float, Field(ge=0, le=1_440)] = 240.0
    """Minutes a day for contacts."""
    channels: tuple[Channel, ...] = ("phone",)
    languages: Words = ()
    regions: Words = ()
    owners: Words = ()
    """Only leads of these owners, as the source names them."""
    team: str | None = None


def _distinct(workers: tuple[Worker, ...]) -> tuple[Worker, ...]:
    if len({worker.name for worker in workers}) < len(workers):
        raise ValueError("two people of one name")
    return workers


People = Annotated[tuple[Worker, ...], AfterValidator(_distinct)]


class LimitRule(_Frozen):
    """At most so many contacts a day, besides the capacity of the lanes."""

    channel: Channel | None = None
    """None: every channel."""
    handler: Handler | None = None
    """None: both."""
    by: Attribute | None = None
    """What the leads, or of a team the workers, have in common; none: all together."""
    is_: str | tuple[str, ...] | None = Field(default=None, alias="is")
    """Values that are limited together to per_day."""
    per_day: Annotated[int, Field(ge=0)] | None = None
    each: Annotated[int, Field(ge=0)] | None = None
    """Contacts a day of every single value; who has none is not limited."""

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if (self.per_day is None) == (self.each is None):
            raise ValueError("a limit says either per_day or each")
        if self.each is not None and (self.by is None or self.is_ is not None):
            raise ValueError("each needs by, and no is")
        if self.per_day is not None and (self.by is None) != (self.is_ is None):
            raise ValueError("by and is go together")
        return self

    @property
    def most(self) -> int:
        """Return how many contacts a day it allows, together or of each value."""
        return (self.per_day if self.each is None else self.each) or 0


class SendingDomain(_Frozen):
    """The domain that mail to some leads is sent from; the first that a lead meets counts."""

    domain: Annotated[str, Field(min_length=1)]
    by: Literal["region", "country", "language", "owner", "source_system", "lead_source"] | None = (
        None
    )
    is_: str | tuple[str, ...] | None = Field(default=None, alias="is")


class CapSettings(_Frozen):
    """How many people who have something in common are listed a night, over all channels."""

    company: Annotated[int, Field(ge=1)] = 1
    """By name and country, or by mail domain; a claim hands out one at a time anyway."""
    household: Annotated[int, Field(ge=1)] = 1
    """Same street, postal code, country and family name, and no company."""
    phone_number: Annotated[int, Field(ge=1)] = 1
    """Same number; a number is called for one of them only. A mailbox always serves one."""


class ExplorationSettings(_Frozen):
    """Leads drawn by lot, so that what the ranking brings can be measured."""

    share: Annotated[float, Field(ge=0, le=0.5)] = 0.02
    """Share of the capacity of each lane."""


class OrderSettings(_Frozen):
    """What besides expected value moves people up or down."""

    sequence_days: Annotated[int, Field(ge=0, le=366)] = 30
    """Who was tried within so many days without a final answer keeps the place; 0: nobody."""
    keep_listed: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Who was listed last night and not worked counts as so much better (0.05: by a twentieth)."""
    ageing_per_day: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Who has waited counts as so much better for each day since the store knows the lead."""


class MailSettings(_Frozen):
    """What keeps mail arriving."""

    unmailed_months: Annotated[int, Field(ge=1, le=120)] = 12
    """Months without mail of ours after which an address is to be verified first."""
    unmailed_per_day: Annotated[int, Field(ge=0)] = 1_000
    """Such addresses a day, for each domain that is sent from."""
    sending_domains: tuple[SendingDomain, ...] = ()
    """None: all mail is sent from one."""
    pause_bounces: Annotated[float, Field(gt=0, le=1)] = 0.02
    """Share of hard bounces above which a campaign is paused."""
    pause_complaints: Annotated[float, Field(gt=0, le=1)] = 0.001
    """Share of complaints above which it is."""
    pause_attempts: Annotated[int, Field(ge=1)] = 1_000
    """Attempts looked back on, the last of the campaign."""
    pause_least: Annotated[int, Field(ge=1)] = 5
    """Bounces below which chance is blamed."""
    pause_complained: Annotated[int, Field(ge=1)] = 3
    """Complaints below which it is."""


def default_minutes() -> dict[Channel, float]:
    """Return the minutes that one contact takes a person, by channel."""
    return {"email": 6.0, "phone": 12.0, "ai_voice": 12.0, "sms": 3.0, "mail": 12.0}


class SelectionSettings(_Frozen):
    """Who works the list, and what it keeps to."""

    people: People = ()
    contact_minutes: dict[Channel, Annotated[float, Field(gt=0)]] = Field(
        default_factory=default_minutes
    )
    limits: tuple[LimitRule, ...] = ()
    caps: CapSettings = CapSettings()
    exploration: ExplorationSettings = ExplorationSettings()
    order: OrderSettings = OrderSettings()
    mail: MailSettings = MailSettings()
    handlers: HandlerSettings = HandlerSettings()
    routing: RoutingSettings = Field(default_factory=default_routing)
    free_domains: tuple[str, ...] = FREE_MAIL_DOMAINS
    """Mail providers: sharing one makes nobody colleagues."""
