"""People whom no list contains, so that it can be seen what contact is worth."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ControlGroup(BaseModel):
    """Who is held back for good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: Annotated[float, Field(ge=0, le=0.5)] = 0.01
    """Share of leads that are drawn, 0 to 0.5; one drawn lead holds its person. 0: nobody."""
    draw: Annotated[str, Field(min_length=1, max_length=100)] = "1"
    """Name of the draw: another name draws other people. A larger share keeps who is in."""
    inbound_days: Annotated[int, Field(ge=0, le=3_650)] = 30
    """Days after a reply, call, form or meeting for which nobody is held back."""

    @property
    def below(self) -> str:
        """A lead is drawn whose hash, in hex, sorts before this."""
        return f"{int(self.share * 2**64):016x}"
