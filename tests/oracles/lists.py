"""Slow twin of `pipelines.triage`: fill lanes one person at a time."""


def listed(people, lanes, value):
    """Return person_key -> (channel, handler).

    People are dicts with person_key, probability, raw_score, order, open (set), needs_human;
    lanes are (channel, handler, quota, cost) with the human lanes first.
    """
    worth = 1.0 if value is None else value
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
            if value is not None and cost > 0 and gross <= cost:
                continue
            found[person["person_key"]] = (channel, handler)
            left -= 1
    return found
