"""Lanes: who contacts how many people on which channel in one day, at which cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.errors import UsageError
from pipelines.settings.channels import Channel
from pipelines.settings.selection import Handler, SelectionSettings, ValueSettings, Worker
from pipelines.store.schema import CHANNELS

HANDLERS = ("human", "ai")


@dataclass(frozen=True)
class Lane:
    """A channel worked by a handler, or by one named person.

    Attributes
    ----------
    channel, handler : str
    quota : int
        Contacts per day.
    cost : float
        Cost of one contact in the currency of the value; 0 when no value is set.
    worker : Worker or None
        The person who works it; all lanes of a person share the minutes.
    minutes : float
        That one contact takes the person; 0 without one.
    """

    channel: str
    handler: str
    quota: int
    cost: float = 0.0
    worker: Worker | None = None
    minutes: float = 0.0

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS or self.handler not in HANDLERS:
            raise UsageError(
                f"there is no lane {self.channel}.{self.handler}",
                expected=f"a channel of {', '.join(CHANNELS)} and a handler of ai, human",
            )

    @property
    def name(self) -> str:
        """Return ``channel.handler``."""
        return f"{self.channel}.{self.handler}"


def lanes_of(
    capacity: Mapping[Channel, Mapping[Handler, int]],
    value: ValueSettings,
    chosen: SelectionSettings,
) -> list[Lane]:
    """Return the lanes of the settings; where people are named, theirs stand for all of humans."""
    lanes = [
        Lane(channel, handler, quota, _cost(value, channel, handler))
        for channel, quotas in capacity.items()
        for handler, quota in quotas.items()
        if quota > 0 and not (handler == "human" and chosen.people)
    ]
    for worker in chosen.people:
        for channel in dict.fromkeys(worker.channels):
            minutes = chosen.contact_minutes[channel]
            quota = int(worker.minutes / minutes + 1e-9)
            if quota > 0:
                cost = _cost(value, channel, "human")
                lanes.append(Lane(channel, "human", quota, cost, worker, minutes))
    return in_order(lanes)


def in_order(lanes: Sequence[Lane]) -> list[Lane]:
    """Return lanes as they are filled where nothing else decides: people first, then as given."""
    return sorted(lanes, key=lambda lane: HANDLERS.index(lane.handler))


def _cost(value: ValueSettings, channel: Channel, handler: Handler) -> float:
    return value.cost.get(channel, {}).get(handler, 0.0)
