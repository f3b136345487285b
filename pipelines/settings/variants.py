"""Campaigns that try several messages: which, on whom, and how often each."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.settings.channels import Channel

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$")]


class Campaign(BaseModel):
    """Messages among which a keyed hash draws, once for each person; the first that fits counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    campaign: Name
    channels: tuple[Channel, ...] = ()
    """None: every channel."""
    handler: Literal["ai", "human"] | None = None
    """None: both."""
    sources: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Only leads of these source systems; none: of all."""
    weights: Annotated[dict[Name, Annotated[float, Field(gt=0)]], Field(min_length=1)]
    """Variant -> how often it is drawn, as a part of the sum."""

    @model_validator(mode="after")
    def _has_a_choice(self) -> Self:
        if len(self.weights) == 1:
            raise ValueError("one variant is nothing to draw among")
        return self

    def fits(self, channel: str, handler: str, source_system: str) -> bool:
        """Tell whether a contact is one of this campaign."""
        return (
            (not self.channels or channel in self.channels)
            and self.handler in {None, handler}
            and (not self.sources or source_system in self.sources)
        )

    def drawn(self, lot: float) -> tuple[str, float]:
        """Return the variant that a number from 0 to 1 draws, and the chance of it."""
        total = sum(self.weights.values())
        reached = 0.0
        for name, weight in self.weights.items():
            reached += weight / total
            if lot < reached:
                return name, weight / total
        name, weight = list(self.weights.items())[-1]
        return name, weight / total
