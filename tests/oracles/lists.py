"""Slow twin of `pipelines.triage`: fill lanes one person at a time."""


def listed(people, lanes, value):
    """Return person_key -> (channel, handler).

    People are dicts with person_key, probability, raw_score, order, open (set), needs_human, email,
    phone, mobile; lanes are (channel, handler, quota, cost) with the human lanes first.
    """
    worth = 1.0 if value is None else value
    people = [person for person in people if person["open"]]
    ranked = sorted(people, key=lambda p: (-p["probability"] * worth, -p["raw_score"], p["order"]))
    found = {}
    for channel, handler, quota, cost in lanes:
        left = quota
        for person in ranked:
            if left == 0:
                break
            gross = person["probability"] * worth
            if person["person_key"] in found or channel not in person["open"]:
                continue
            if handler == "ai" and person["needs_human"]:
                continue
            used = point(person, channel)
            if used is not None and any(
                point(better, channel) == used for better in ranked[: ranked.index(person)]
            ):
                continue
            if value is not None and cost > 0 and gross <= cost:
                continue
            found[person["person_key"]] = (channel, handler)
            left -= 1
    return found


def point(person, channel):
    """Mailbox or number that a channel uses up; letters, like everybody, share an address."""
    if channel == "email":
        return person["email"] and person["email"].lower()
    if channel == "mail":
        return None
    numbers = [person["phone"], person["mobile"]]
    first, second = numbers[::-1] if channel == "sms" else numbers
    return first or second
