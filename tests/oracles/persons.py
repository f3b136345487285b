"""Slow twin of the exact stage of `pipelines.identify`: plain Python over all pairs of leads."""

import re
import unicodedata
from itertools import pairwise


def persons(leads, *, max_leads=20, max_person=50, nameless=()):
    """Return lead_key -> person_key for dicts with the columns of a lead that name somebody."""
    parent = {lead["lead_key"]: lead["lead_key"] for lead in leads}

    def find(key):
        while parent[key] != key:
            key = parent[key]
        return key

    for a, b in _edges(leads, max_leads, set(nameless)):
        a, b = find(a), find(b)
        parent[max(a, b)] = min(a, b)
    found = {key: find(key) for key in parent}
    size = {person: list(found.values()).count(person) for person in found.values()}
    return {key: person if size[person] <= max_person else key for key, person in found.items()}


def _edges(leads, max_leads, nobody):
    emails, numbers = {}, {}
    for lead in leads:
        if lead["email_key"] and lead["email_key"].split("@")[0].split("+")[0] not in nobody:
            emails.setdefault(lead["email_key"], []).append(lead)
        for number in {lead["phone_e164"], lead["mobile_e164"]} - {None}:
            numbers.setdefault(number, []).append(lead)
    for group in emails.values():
        is_contested = any(_conflict(a, b) for a, b in _pairs(group))
        for a, b in _pairs(group) if len(group) <= max_leads else ():
            is_one = _agree_among(a, b, group) and _generation(a) == _generation(b)
            if is_one or not is_contested:
                yield a["lead_key"], b["lead_key"]
    for number, group in numbers.items():
        for a, b in _pairs(group) if len(group) <= max_leads and not _is_made_up(number) else ():
            if (
                _agree_among(a, b, group)
                and _generation(a) == _generation(b)
                and not _told_apart(a, b, number)
            ):
                yield a["lead_key"], b["lead_key"]
    for a in leads:
        for b in leads:
            if a["merged_into_id"] == b["source_id"] and a["source_system"] == b["source_system"]:
                yield a["lead_key"], b["lead_key"]


def _pairs(group):
    return [(a, b) for index, a in enumerate(group) for b in group[index + 1 :]]


def _told_apart(a, b, number):
    if a["mobile_e164"] and b["mobile_e164"] and a["mobile_e164"] != b["mobile_e164"]:
        return True
    email_a, email_b = (_untagged(lead["email_key"]) for lead in (a, b))
    company_a, company_b, city_a, city_b = (
        _words(lead[column]) for column in ("company", "city") for lead in (a, b)
    )
    emails = email_a and email_b and email_a != email_b
    if emails and company_a and company_b and company_a != company_b:
        return True
    if number in (a["mobile_e164"], b["mobile_e164"]):
        return False
    if emails:
        one_host = email_a.split("@")[1] == email_b.split("@")[1]
        return one_host or not company_a or company_a != company_b
    only_name = not company_a and not company_b and not (email_a and email_a == email_b)
    return bool(only_name and city_a and city_b and city_a != city_b)


def _untagged(address):
    return address and address.split("@")[0].split("+")[0] + "@" + address.split("@")[1]


def _words(text):
    plain = unicodedata.normalize("NFD", (text or "").lower())
    spelt = re.sub(r"[\W_]+", " ", re.sub(r"[\u0300-\u036f]", "", plain)).strip()
    return spelt if spelt not in ("self", "n a", "") else None


def _agree_among(a, b, group):
    """What is short for two names of the group is short for neither, for anybody in it."""
    is_doubtful = any(
        _agree(x, y) and not _equal(x, y) and _agree(x, z) != _agree(y, z)
        for x, y in _pairs(group)
        for z in group
    )
    return _equal(a, b) if is_doubtful else _agree(a, b)


def _is_made_up(number):
    tail = number[-5:]
    steps = {int(y) - int(x) for x, y in pairwise(tail)}
    return steps <= {1} or steps <= {-1} or steps <= {0}


def _equal(a, b):
    first_a, last_a, first_b, last_b = _names(a, b)
    if not all((last_a, last_b, first_a, first_b)):
        return False
    return (first_a, last_a) in ((first_b, last_b), (last_b, first_b))


def _agree(a, b):
    first_a, last_a, first_b, last_b = _names(a, b)
    if not all((last_a, last_b, first_a, first_b)):
        return False
    return _equal(a, b) or (last_a == last_b and _short(*sorted((first_a, first_b), key=len)))


def _short(short, long):
    """One word each: an initial, an h at the end, or enough of a name that no woman has."""
    more = len(long) - len(short)
    return long.startswith(short) and (
        len(short) == 1 or long == short + "h" or (more > 2 and long[-1] not in "ae")
    )


def _conflict(a, b):
    generations = {_generation(a), _generation(b)} - {None}
    if len(generations) > 1:
        return True
    first_a, last_a, first_b, last_b = _names(a, b)
    if not (first_a or last_a) or not (first_b or last_b):
        return False
    if first_a and first_b:
        swapped = last_a and last_b and _like(first_a, last_b) and _like(last_a, first_b)
        return not ((_like(first_a, first_b) and not _couple(first_a, first_b)) or swapped)
    return not (
        (last_a and last_b and _like(last_a, last_b))
        or _like(first_a or last_a, last_b or first_b)
        or _like(last_a or first_a, first_b or last_b)
    )


def _couple(a, b):
    return {a, b} in ({"paul", "paula"}, {"mario", "maria"})


def _names(a, b):
    return [_fold(x) for x in (a["first_name"], a["last_name"], b["first_name"], b["last_name"])]


def _generation(lead):
    words = (lead["last_name"] or "").lower().split()
    return (
        words[-1].rstrip(".") if len(words) > 1 and words[-1].rstrip(".") in ("jr", "sr") else None
    )


def _like(a, b):
    return a.startswith(b) or b.startswith(a) or jaro_winkler(a, b) >= 0.9


def jaro_winkler(a, b):
    """Return the similarity of two texts as Winkler defined it in 1990, from 0 to 1."""
    reach = max(len(a), len(b)) // 2 - 1
    taken = [False] * len(b)
    met = []
    for i, letter in enumerate(a):
        for j in range(max(0, i - reach), min(len(b), i + reach + 1)):
            if not taken[j] and b[j] == letter:
                taken[j] = True
                met.append(letter)
                break
    if not met:
        return 0.0
    other = [letter for letter, is_met in zip(b, taken, strict=True) if is_met]
    moved = sum(x != y for x, y in zip(met, other, strict=True)) / 2
    count = len(met)
    jaro = (count / len(a) + count / len(b) + (count - moved) / count) / 3
    prefix = 0
    for x, y in zip(a[:4], b[:4], strict=False):
        if x != y:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro) if jaro > 0.7 else jaro


def _fold(name):
    name = re.sub(r"(?<=\S) +[jJsS][rR]\.?$", "", name or "")
    if (name or "").lower() in ("test", "n/a"):
        return ""
    plain = unicodedata.normalize("NFD", (name or "").lower())
    return "".join(letter for letter in plain if letter.isalpha())
