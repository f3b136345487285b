"""Slow twins of the SQL in pipelines/featurise: loops over the rows of a small world."""

from datetime import timedelta

from features.mailhosts import SHARED_DOMAINS

_ATTEMPT_CHANNELS = {"phone": "call", "ai_voice": "call"}
_CODES = (
    "call", "email", "sms", "meeting", "form", "web", "task", "note", "campaign", "mail",
)  # fmt: skip
_DAY = timedelta(days=1)


def _touches(world, lead_key):
    for row in world["activity"]:
        if row["lead_key"] == lead_key:
            channel, direction = row["channel"], row["direction"]
            work = channel is not None and channel not in ("task", "note")
            is_in = work and (
                direction == "in" or (direction is None and channel in ("form", "web"))
            )
            yield row["at"], channel, is_in, work and direction == "out"
    for row in world["contact_attempt"]:
        if row["lead_key"] == lead_key:
            channel = _ATTEMPT_CHANNELS.get(row["channel"], row["channel"])
            yield row["at"], channel, False, True


def aggregates(world, lead_key, as_of):
    """The event aggregates of one target row, by name."""
    seen = [touch for touch in _touches(world, lead_key) if touch[0] < as_of]
    inbound = [touch for touch in seen if touch[2]]
    outbound = [touch for touch in seen if touch[3]]

    def within(touches, days):
        return sum(at >= as_of - days * _DAY for at, *_ in touches)

    def of(touches, channel):
        return sum(touch[1] == channel for touch in touches)

    last = max(inbound, key=lambda t: (t[0], _code(t[1])), default=None)
    return {
        "first_activity_at": min((t[0] for t in seen), default=None),
        "last_activity_at": max((t[0] for t in seen), default=None),
        "last_inbound_at": max((t[0] for t in inbound), default=None),
        "last_outbound_at": max((t[0] for t in outbound), default=None),
        "inbound_count": len(inbound),
        "outbound_count": len(outbound),
        "inbound_90d_count": within(inbound, 90),
        "inbound_365d_count": within(inbound, 365),
        "outbound_90d_count": within(outbound, 90),
        "outbound_365d_count": within(outbound, 365),
        "email_in_count": of(inbound, "email"),
        "form_count": of(seen, "form"),
        "web_count": of(seen, "web"),
        "call_in_count": of(inbound, "call"),
        "meeting_count": of(seen, "meeting"),
        "call_out_count": of(outbound, "call"),
        "email_out_count": of(outbound, "email"),
        "channel_count": len({t[1] for t in seen}),
        "last_inbound_channel": last[1] if last else None,
        "company_lead_count": _company(world, lead_key, as_of),
    }


def _code(channel):
    return _CODES.index(channel) if channel in _CODES else -1


def _company(world, lead_key, as_of):
    domain = world["lead"][lead_key]["email_domain"]
    if domain is None or domain in SHARED_DOMAINS:
        return None
    return sum(
        lead["email_domain"] == domain
        and lead["created_at"] is not None
        and lead["created_at"] < as_of
        for lead in world["lead"].values()
    )


def training(world, as_of, horizon_days, data_end):
    """(lead_key, as_of) -> verdict, or the label where it is kept; None without contacts."""
    found = {}
    for key, lead in world["lead"].items():
        if lead["is_dated"]:
            for day in _episode_days(_contacts(world, key, as_of), horizon_days):
                found[key, day] = _verdict(world, key, day, as_of, horizon_days, data_end)
    return found or None


def grid(world, as_of, horizon_days, data_end, dates):
    """The same where nobody was contacted: every lead on a grid of days."""
    found = {}
    last = data_end.replace(hour=0, minute=0, second=0, microsecond=0)
    for key, lead in world["lead"].items():
        for step in range(1, dates + 1):
            day = last - step * horizon_days * _DAY
            if lead["is_dated"] and (lead["created_at"] is None or lead["created_at"] <= day):
                found[key, day] = _verdict(world, key, day, as_of, horizon_days, data_end)
    return found


def _contacts(world, key, as_of):
    channels = ("call", "email", "sms", "meeting")
    times = [
        row["at"]
        for row in world["activity"]
        if row["lead_key"] == key and row["direction"] == "out" and row["channel"] in channels
    ]
    times += [row["at"] for row in world["contact_attempt"] if row["lead_key"] == key]
    return sorted(t for t in times if t < as_of)


def _episode_days(contacts, horizon_days):
    pause = horizon_days * _DAY
    for at in sorted(set(contacts)):
        if not any(at - pause <= other < at for other in contacts):
            yield at.replace(hour=0, minute=0, second=0, microsecond=0)


def _person(world, key):
    found = world["lead"].get(key, {}).get("person_key")
    return key if found is None else found


def _reached(world, key, as_of):
    rows = [r for r in world["outcome"] if r["lead_key"] == key and r["occurred_at"] < as_of]
    for milestone in ("converted", "won"):
        times = [r["occurred_at"] for r in rows if r["milestone"] == milestone]
        if times:
            return min(times)
    return None


def _passed(world, keys, as_of):
    times = [
        row["occurred_at"]
        for row in world["outcome"]
        if row["lead_key"] in keys and row["milestone"] in ("converted", "won")
    ]
    return min((at for at in times if at < as_of), default=None)


def _verdict(world, key, day, as_of, horizon_days, data_end):
    person = _person(world, key)
    keys = {r["lead_key"] for r in world["outcome"] if r["lead_key"] is not None}
    own = [k for k in keys if _person(world, k) == person]
    passed = _passed(world, own, as_of)
    reached = [_reached(world, k, as_of) for k in own]
    reached = min((t for t in reached if t is not None), default=None)
    end = day + horizon_days * _DAY
    created = world["lead"][key]["created_at"]
    if any(
        row["status"] == "objected_profiling" and _person(world, row["lead_key"]) == person
        for row in world["consent_event"]
    ):
        return "objected"
    if created is not None and created > day:
        return "created_later"
    if passed is not None and passed < day:
        return "already_converted"
    if end > data_end:
        return "too_young"
    return reached is not None and reached < end
