"""Settings of one home, typed and frozen; every key has a default, a unit and a range."""

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.params import GateSettings, TrainSettings
from pipelines.errors import UsageError
from pipelines.settings.control_group import ControlGroup
from pipelines.settings.disclosures import Disclosures, Sender, default_disclosures
from pipelines.settings.handlers import HandlerSettings
from pipelines.settings.policy import FeedSettings, PolicyTable, load_policy
from pipelines.settings.routing import RoutingSettings, default_routing
from pipelines.settings.selection import (
    CapSettings,
    ExplorationSettings,
    LimitRule,
    MailSettings,
    OrderSettings,
    People,
    SelectionSettings,
    ValueSettings,
    default_minutes,
)
from pipelines.settings.variants import Campaign

Milestone = Literal["qualified", "converted", "opportunity", "won"]
Channel = Literal["email", "phone", "ai_voice", "sms", "mail"]
Handler = Literal["ai", "human"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(_Frozen):
    """How the store file is kept."""

    keep_snapshots: Annotated[int, Field(ge=1, le=30)] = 2
    """Published snapshots kept, the newest included."""
    max_free_share: Annotated[float, Field(ge=0.05, le=0.9)] = 0.25
    """The file is rewritten when more than this share of its blocks is free."""
    rewrite_days: Annotated[int, Field(ge=1, le=365)] = 7
    """Days after which the file is rewritten anyway: until then it holds deleted rows."""


class MemorySettings(_Frozen):
    """What a run may use of the machine."""

    duckdb_gb: Annotated[float, Field(ge=0.25, le=512)] = 5.0
    """Limit of DuckDB's own memory, in GB."""
    threads: Annotated[int, Field(ge=1, le=256)] = 2
    """Threads of DuckDB and of the scorer."""
    batch_rows: Annotated[int, Field(ge=1_000, le=5_000_000)] = 250_000
    """Leads per feature batch."""


class LabelSettings(_Frozen):
    """What counts as a success of a dated lead."""

    horizon_days: Annotated[int, Field(ge=1, le=730)] = 90
    """Days after `as_of` within which the milestone counts."""
    milestone: Milestone = "converted"
    """Milestone that counts; `converted` is implied by `won`."""
    condition: Literal["contacted", "none"] = "contacted"
    """`contacted`: learn from leads contacted at `as_of`, where contacts are known."""


class ListSettings(_Frozen):
    """What is handed out."""

    ttl_hours: Annotated[int, Field(ge=1, le=72)] = 24
    """Hours after publication until claims from a list are refused."""
    claim_lease_hours: Annotated[int, Field(ge=1, le=72)] = 24
    """Hours until a claim that was not worked may be claimed again."""
    history_days: Annotated[int, Field(ge=1, le=36_500)] = 730
    """Days for which past nights can be explained, and their lists stay in the outbox."""
    reasons: Annotated[int, Field(ge=1, le=10)] = 3
    """Reasons in words on each listed row."""


class IdentifySettings(_Frozen):
    """How leads are joined into persons beyond exact keys."""

    fuzzy: bool = True
    """Whether names with company, address or date of birth join leads that share no exact key."""
    fuzzy_weight: Annotated[float, Field(ge=0, le=30)] = 3.0
    """Weight from which a pair is believed: log2 of the odds that it is one person."""
    fuzzy_leads: Annotated[int, Field(ge=0, le=1_000_000_000)] = 20_000
    """Up to so many leads `load` and `nightly` compare names too; else `lead-triage identify`."""


def _default_capacity() -> dict[Channel, dict[Handler, int]]:
    return {
        "phone": {"human": 60},
        "ai_voice": {"ai": 500},
        "email": {"ai": 2_000},
        "sms": {"ai": 300},
        "mail": {"ai": 0},
    }


class Settings(_Frozen):
    """All settings of a home; see `lead-triage config show`."""

    store: StoreSettings = StoreSettings()
    memory: MemorySettings = MemorySettings()
    label: LabelSettings = LabelSettings()
    value: ValueSettings = ValueSettings()
    list: ListSettings = ListSettings()
    identify: IdentifySettings = IdentifySettings()
    feeds: FeedSettings = FeedSettings()
    train: TrainSettings = TrainSettings()
    gates: GateSettings = GateSettings()
    capacity: dict[Channel, dict[Handler, Annotated[int, Field(ge=0)]]] = Field(
        default_factory=_default_capacity
    )
    """Contacts per day by channel and handler; what is not named is 0. Of people: see `people`."""
    people: People = ()
    """Who contacts leads, each with minutes; then these count for handler human, not capacity."""
    contact_minutes: dict[Channel, Annotated[float, Field(gt=0)]] = Field(
        default_factory=default_minutes
    )
    """Minutes that one contact takes a person, by channel."""
    limits: tuple[LimitRule, ...] = ()
    """Contacts a day by region, language, owner, team, sending domain and the like."""
    caps: CapSettings = CapSettings()
    exploration: ExplorationSettings = ExplorationSettings()
    handlers: HandlerSettings = HandlerSettings()
    selection: OrderSettings = OrderSettings()
    mail: MailSettings = MailSettings()
    routing: RoutingSettings = Field(default_factory=default_routing)
    """Who must serve whom, whatever it is worth; the shipped rules unless overridden."""
    variants: tuple[Campaign, ...] = ()
    """Campaigns that try several messages; what a claim leaves with is drawn and logged."""
    control_group: ControlGroup = ControlGroup()
    policy: PolicyTable = Field(default_factory=load_policy)
    """Who may be contacted where; the shipped table unless overridden."""
    sender: Sender = Sender()
    """Who contacts people, as an AI must tell them."""
    disclosures: Disclosures = Field(default_factory=default_disclosures)
    """What an AI tells first; the shipped texts unless overridden."""

    @model_validator(mode="before")
    @classmethod
    def _merge_policy(cls, data: dict[str, object]) -> dict[str, object]:
        policy = data.get("policy")
        if isinstance(policy, dict):
            data = {**data, "policy": load_policy(policy)}
        return data

    @property
    def choosing(self) -> SelectionSettings:
        """Return what the stage that chooses tonight's people is told."""
        minutes = default_minutes() | self.contact_minutes
        return SelectionSettings(
            people=self.people,
            contact_minutes=minutes,
            limits=self.limits,
            caps=self.caps,
            exploration=self.exploration,
            handlers=self.handlers,
            order=self.selection,
            mail=self.mail,
            routing=self.routing,
            free_domains=self.policy.addresses.free_domains,
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read settings from `path`; a missing file means every default.

        Raises
        ------
        UsageError
            The file is not TOML, or a key is unknown or out of range.
        """
        if not path.exists():
            return cls()
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path.name} is not valid TOML: {error}") from None
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise UsageError(
                f"{path.name}: {key}: {first['msg'].removeprefix('Value error, ')}",
                fix="see `lead-triage config show` for every key and its default",
            ) from None

    def digest(self) -> str:
        """Return the SHA-256 of the settings in force, hex."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
