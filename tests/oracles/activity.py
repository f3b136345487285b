"""What was tried and what came of it, counted one attempt after the other."""

from collections import Counter
from datetime import timedelta

HEARD = {"answered", "replied", "meeting", "callback_at", "escalated", "opted_out"}


def activity_cells(attempts, leads, touches, outcomes, milestone, fallback, days, as_of):
    """Return (week, channel, handler, source, lead source, campaign) -> Counter of what happened.

    `attempts` and the others are lists of dicts as their tables hold them; `leads` maps lead_key to
    (source_system, lead_source, person_key).
    """
    cells = {}
    ordered = sorted(attempts, key=lambda a: (a["at"], a["source_system"], a["attempt_id"]))
    of_person = {}
    for attempt in ordered:
        source, lead_source, person = leads.get(
            attempt["lead_key"], (attempt["source_system"], None, None)
        )
        named = [
            (touch["at"], touch["campaign_id"])
            for touch in touches
            if touch["lead_key"] == attempt["lead_key"] and touch["campaign_id"]
            and touch["at"] <= attempt["at"]
        ]  # fmt: skip
        day = attempt["at"].date()
        key = (
            day - timedelta(days=day.weekday()), attempt["channel"], attempt["handler"], source,
            lead_source, max(named)[1] if named else None,
        )  # fmt: skip
        cell = cells.setdefault(key, Counter())
        cell["attempts"] += 1
        cell["contacts"] += attempt["disposition"] in HEARD
        cell[attempt["disposition"] or "untold"] += 1
        if person is not None:
            of_person.setdefault(person, []).append((day, key))
    for person, tried in of_person.items():
        reached = []
        for lead_key, (*_, owner) in leads.items():
            own = [o for o in outcomes if o["lead_key"] == lead_key and o["occurred_at"] < as_of]
            first = [o["occurred_at"] for o in own if o["milestone"] == milestone]
            first = first or [o["occurred_at"] for o in own if o["milestone"] == fallback]
            reached += [min(first)] if owner == person and first else []
        if reached:
            on = min(reached).date()
            in_time = [key for day, key in tried if day <= on < day + timedelta(days=days)]
            if in_time:
                cells[in_time[-1]]["conversions"] += 1
    return cells
