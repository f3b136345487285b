"""How often somebody may be approached in 24 hours, by place; part of the policy table.

The shipped rows are in `policy_default.toml`.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pipelines.settings.channels import country_of
from pipelines.settings.windows import WindowPlace


class DailyCap(BaseModel):
    """One cap; every one that holds where a person may be binds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Annotated[str, Field(min_length=1)]
    """Name of the rule in words, with its legal source."""
    version: Annotated[str, Field(min_length=1)]
    """Version of the row; change it with the row."""
    places: tuple[WindowPlace, ...] = ()
    """Where it holds: regions (US, UK) and states (US-FL); none: everywhere."""
    max_attempts: Annotated[int, Field(ge=1, le=100)]
    """Approaches in any 24 hours, over all channels, handlers and duplicates."""
    is_contested: bool = False
    """The row is contested or from memory; counsel must look at it first."""

    def holds(self, country: str | None, state: str | None) -> bool:
        """Tell whether it binds in a state (ISO 3166-2, such as US-FL) of a country.

        Where the state is not known it may be any; where the country is not, nobody is contacted.
        """
        return not self.places or any(
            country == of and (own is None or state in {None, own})
            for of, own in self.countries_and_states()
        )

    def countries_and_states(self) -> tuple[tuple[str, str | None], ...]:
        """Return the places as ISO 3166 says them: a country, and a state of it or None."""
        found = []
        for place in self.places:
            country = country_of(place[:2])
            found.append((country, f"{country}{place[2:]}" if place[2:] else None))
        return tuple(found)
