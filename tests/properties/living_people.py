"""Made-up people for the proof: what their exports say, in ever other spellings."""

import random
from dataclasses import dataclass

HEADER = (
    "source_id,created_at,modified_at,email,phone,mobile,first_name,last_name,company,country,"
    "party_type,do_not_email,do_not_call,merged_into_id\n"
)
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pa", "re", "si", "to")


@dataclass(frozen=True)
class Human:
    """One person: every lead of theirs says some of this."""

    number: int
    local: str
    host: str
    phone: str
    second: str
    first: str
    last: str
    company: str


def human(number: int, dice: random.Random) -> Human:
    """Most have an address at their firm; two neighbours may share a second number."""
    firm = dice.randrange(number + 2) if dice.random() < 0.3 else number
    host = dice.choice(["gmail.com", f"firm{firm}.example", f"mail.firm{firm}.example"])
    first, last = _name(number), _name(number * 31 + 7)
    phone, second = _phone(3 * number), _phone(3 * (number // 2) + 1)
    return Human(number, f"{first}.{last}", host, phone, second, first, last, f"Firm {firm} Works")


def _name(number: int) -> str:
    found = ""
    for _ in range(4):
        number, rest = divmod(number, len(_SYLLABLES))
        found += _SYLLABLES[rest]
    return found


def _phone(number: int) -> str:
    return f"+1212{2_003_070 + 37 * number:07d}"


def spelling(one: Human, dice: random.Random) -> str:
    """Write the address of a person in one of the ways that name the same mailbox."""
    local, host = one.local, one.host
    if dice.random() < 0.3:
        local += dice.choice(["+crm", "+news", "+2"])
    if host == "gmail.com":
        local = local.replace(".", dice.choice(["", ".", ".."[:1]]))
        host = dice.choice(["gmail.com", "googlemail.com"])
    written = f"{local}@{host}"
    return dice.choice([written, written, written.upper(), written.title()])


def written_phone(number: str, dice: random.Random) -> str:
    """Write a number as people do."""
    area, rest = number[2:5], number[5:]
    return dice.choice([number, f"+1 ({area}) {rest[:3]}-{rest[3:]}", f"001 {area} {rest}"])


def text(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
