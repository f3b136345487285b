"""Who must serve whom, as data: rules before numbers, the share of people, what a queue mixes.

The shipped rules are `routing_default.toml`; a home overrides single keys of them.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipelines.settings.disclosures import language_code
from pipelines.settings.layers import merged

Must = Literal["none", "human", "ai"]
PRECEDENCE: tuple[Must, ...] = get_args(Must)
"""Where rules disagree about a person, the first of these that any of them says."""

Words = tuple[Annotated[str, Field(min_length=1)], ...]
Days = Annotated[int, Field(ge=1, le=3_660)]
RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ColumnFact(_Frozen):
    """What a column of the lead, or of its file, says; without more, anything but a no."""

    fact: Literal["column"]
    names: Annotated[Words, Field(min_length=1)]
    """Its names; capitals, blanks and signs do not count, and a column nobody has is no mistake."""
    is_: Words = Field(default=(), alias="is")
    """Words it holds then, in capitals or not."""
    at_least: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """Or the number from which it holds; 80% is 0.8. What is no number holds unless it is a no,
    where a person or nobody is to serve."""

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if self.is_ and self.at_least is not None:
            raise ValueError("a column is compared with `is` or with `at_least`, not with both")
        return self


class ValueFact(_Frozen):
    """What a conversion of the lead is worth, by [value]."""

    fact: Literal["value"]
    at_least: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ConversationFact(_Frozen):
    """A person of ours spoke with them: met, were called, or called and were answered."""

    fact: Literal["conversation"]
    within_days: Days
    seconds: Annotated[int, Field(ge=1, le=86_400)]
    """Length from which a call was a conversation, whatever its result says."""
    results: Words
    """Results of a call that say so, in capitals or not."""


class AttemptFact(_Frozen):
    """An attempt ended in a certain way."""

    fact: Literal["attempt"]
    within_days: Days
    dispositions: Annotated[Words, Field(min_length=1)]
    handler: Literal["ai", "human"] | None = None
    """None: by either."""


class LanguageFact(_Frozen):
    """The language of the lead is known, and the AI does not speak it."""

    fact: Literal["language"]


Fact = Annotated[
    ColumnFact | ValueFact | ConversationFact | AttemptFact | LanguageFact,
    Field(discriminator="fact"),
]


def _known_languages(languages: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [language for language in languages if language_code(language) is None]
    if unknown:
        raise ValueError(f"{unknown[0]} is no language as en, de-AT or German name one")
    return languages


class RoutingRule(_Frozen):
    """Who must serve a person of whom any lead meets any of the facts."""

    must: Must
    reason: Annotated[str, Field(min_length=1)]
    """Why, in words."""
    when: Annotated[tuple[Fact, ...], Field(min_length=1)]
    """Any of them is enough."""
    is_hard: bool = False
    """Serving them is hard, see `hard_in_a_row`."""
    is_on: bool = True


class RoutingSettings(_Frozen):
    """Rules, the share of people, and how a queue is mixed."""

    version: Annotated[str, Field(min_length=1)]
    """Version of the rules; change it with them."""
    rules: dict[RuleName, RoutingRule]
    ai_languages: Annotated[Words, AfterValidator(_known_languages)] = ()
    """What the AI speaks, such as en, German; none: every language."""
    human_share: Annotated[float, Field(ge=0, le=1)] | None = None
    """Share of the list that people serve, a target; none: as capacity and value have it."""
    hard_in_a_row: Annotated[int, Field(ge=1, le=100)] = 3
    """Hard ones that may follow each other in a queue of a person."""
    hard_share: Annotated[float, Field(ge=0, le=1)] = 0.25
    """Share of those on people's lists, the least certain, that are hard besides those by rule."""
    fresh_hours: Annotated[int, Field(ge=1, le=720)] = 72
    """Hours for which who came to us, or was passed on to a person, is handed out first."""
    inbound_sources: Words = ()
    """Values of lead_source of people who came to us: a new lead of these is a form."""

    @model_validator(mode="before")
    @classmethod
    def _over_shipped(cls, data: object) -> object:
        return merged(_shipped(), data) if isinstance(data, Mapping) else data

    @property
    def unspoken(self) -> Callable[[str | None], bool]:
        """Return what tells whether a language, as CRMs write it, is known and not the AI's."""
        spoken = {language_code(language) for language in self.ai_languages}
        return lambda language: (
            bool(spoken) and (code := language_code(language)) is not None and code not in spoken
        )

    @property
    def in_force(self) -> dict[str, RoutingRule]:
        """Return the rules that are on."""
        return {name: rule for name, rule in self.rules.items() if rule.is_on}


@cache
def _shipped() -> Mapping[str, Any]:
    text = files("pipelines.settings").joinpath("routing_default.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def default_routing() -> RoutingSettings:
    """Return the shipped rules."""
    return RoutingSettings.model_validate({})
