"""Slow twin of `pipelines.triage`: try every list that is allowed."""

import re


def best_total(people, lanes, limits=(), caps=None, *, costs_count=True):
    """Return the highest total value of any list.

    People are dicts with value, open (set of channels), must, and email, phone, mobile, company,
    country, street, postal_code, last_name, region, language, owner where known. Lanes are dicts
    with channel, handler, quota, cost and, of named people, worker (name, minutes, languages,
    regions, owners) and minutes. Limits are dicts with lanes (numbers), by, is or each, per_day.
    """
    caps = caps or {"company": 1, "household": 1, "phone_number": 1}
    best = 0.0
    choice = [None] * len(people)

    def go(number, total):
        nonlocal best
        if number == len(people):
            best = max(best, total)
            return
        choice[number] = None
        go(number + 1, total)
        for lane, what in enumerate(lanes):
            cost = what["cost"] if costs_count else 0.0
            if not may(people[number], what):
                continue
            choice[number] = lane
            if is_allowed(people, lanes, limits, caps, choice[: number + 1]):
                go(number + 1, total + people[number]["value"] - cost)
        choice[number] = None

    go(0, 0.0)
    return best


def may(person, lane):
    """Tell whether a lane may take a person, looking at the two alone."""
    if lane["channel"] not in person["open"]:
        return False
    if person.get("must") not in (None, lane["handler"]):
        return False
    worker = lane.get("worker")
    for name in ("language", "region", "owner") if worker else ():
        wanted = worker.get(f"{name}s")
        if wanted and person.get(name) not in wanted:
            return False
    return True


def is_allowed(people, lanes, limits, caps, choice):
    """Tell whether a list keeps to every capacity, limit and cap."""
    listed = [(people[i], lane) for i, lane in enumerate(choice) if lane is not None]
    for number, lane in enumerate(lanes):
        if sum(one == number for _, one in listed) > lane["quota"]:
            return False
    workers = {
        lane["worker"]["name"]: lane["worker"]["minutes"] for lane in lanes if lane.get("worker")
    }
    for name, minutes in workers.items():
        used = sum(
            lanes[one]["minutes"]
            for _, one in listed
            if lanes[one].get("worker") and lanes[one]["worker"]["name"] == name
        )
        if used > minutes:
            return False
    for limit in limits:
        counted = [p.get(limit["by"]) for p, one in listed if one in limit["lanes"]]
        for value in {limit["is"]} if "is" in limit else set(counted) - {None}:
            if counted.count(value) > limit["per_day"]:
                return False
    for account, room in accounts([person for person, _ in listed], caps):
        if len(account) > room:
            return False
    return True


def accounts(people, caps):
    """Yield the people of every account with how many of it may be listed."""
    groups = {}
    for number, person in enumerate(people):
        for kind, room, key in keys(person, caps):
            groups.setdefault((kind, key), (set(), room))[0].add(number)
    return list(groups.values())


def keys(person, caps):
    """Yield kind, room and key of the accounts of one person."""
    company = re.sub(r"\W+", " ", (person.get("company") or "").lower()).strip()
    company = re.sub(r" gmbh$", "", company)
    if company:
        yield "company", caps["company"], (company, person.get("country"))
    elif person.get("street") and person.get("postal_code") and person.get("last_name"):
        home = (person["street"], person["postal_code"], person.get("country"), person["last_name"])
        yield "household", caps["household"], tuple(str(part).lower() for part in home)
    for point in {person.get("phone"), person.get("mobile")} - {None}:
        yield "number", caps["phone_number"], point
    if person.get("email"):
        yield "mailbox", 1, person["email"].lower()
        domain = person["email"].lower().partition("@")[2]
        if domain not in {"gmail.com", "example.com"}:
            yield "domain", caps["company"], domain
