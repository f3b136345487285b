"""How the AI and people are compared, and when the AI is taken back."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class HandlerSettings(BaseModel):
    """Some get a handler by lot, so that nobody has to guess who does better."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lot_share: Annotated[float, Field(ge=0, le=1)] = 0.02
    """Share of the listed whom both could serve that get their handler by lot; 0: nobody."""
    response_days: Annotated[int, Field(ge=1, le=90)] = 2
    """Days from the night on within which a reply, meeting, callback or conversion counts."""
    halve: bool = True
    """Whether the AI's share is halved where it does worse beyond doubt; else it is only said."""
