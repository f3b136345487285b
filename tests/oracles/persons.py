"""Slow twin of `pipelines.identify`: plain Python union-find over all pairs of leads."""

import unicodedata


def persons(leads, *, max_leads=20, role_names=()):
    """Return lead_key -> person_key for dicts with lead_key, email_key, phones, first, last."""
    parent = {lead["lead_key"]: lead["lead_key"] for lead in leads}

    def find(key):
        while parent[key] != key:
            key = parent[key]
        return key

    def join(a, b):
        a, b = find(a), find(b)
        parent[max(a, b)] = min(a, b)

    emails, numbers = {}, {}
    for lead in leads:
        if lead["email_key"] and lead["email_key"].split("@")[0] not in role_names:
            emails.setdefault(lead["email_key"], []).append(lead)
        for number in {lead["phone_e164"], lead["mobile_e164"]} - {None}:
            numbers.setdefault(number, []).append(lead)
    for group in emails.values():
        if 2 <= len(group) <= max_leads:
            for lead in group[1:]:
                join(group[0]["lead_key"], lead["lead_key"])
    for group in numbers.values():
        if 2 <= len(group) <= max_leads:
            for index, a in enumerate(group):
                for b in group[index + 1 :]:
                    if _agree(a, b):
                        join(a["lead_key"], b["lead_key"])
    return {key: find(key) for key in parent}


def _agree(a, b):
    first_a, last_a, first_b, last_b = (
        _fold(x) for x in (a["first_name"], a["last_name"], b["first_name"], b["last_name"])
    )
    if not all((first_a, last_a, first_b, last_b)):
        return False
    return last_a == last_b and (first_a.startswith(first_b) or first_b.startswith(first_a))


def _fold(name):
    plain = unicodedata.normalize("NFD", (name or "").lower())
    return "".join(letter for letter in plain if "a" <= letter <= "z")
