"""Who may never be contacted, from the history of events alone: plain Python, shared with nobody.

People are known here by what the files say of them: ids of leads, addresses, numbers, names of
companies. Nothing is read from the product, and none of its functions is called.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CALLED = {"phone", "ai_voice", "sms"}
EVERY = {"email", "mail", *CALLED}
# "Do not call" covers machines that call, and text messages.
CLOSES = {None: EVERY, "email": {"email"}, "phone": CALLED, "sms": {"sms"}}
GOING_ON = {"sent", "delivered", "opened", "callback_at", "escalated"}


def fold(address: str) -> str:
    """One mailbox, however it is written."""
    local, _, domain = address.strip().lower().rpartition("@")
    local = local.split("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{domain}"


def hosts(point: str) -> list:
    """The domains that an address lies in."""
    labels = point.rpartition("@")[2].split(".") if "@" in point else []
    return [".".join(labels[n:]) for n in range(len(labels))]


def digests(texts: set) -> set:
    """What others may have made of these texts before they sent them."""
    texts = texts | {text[1:] for text in texts if text.startswith("+")}
    makers = (hashlib.md5, hashlib.sha1, hashlib.sha256)
    return {make(text.encode()).hexdigest() for text in texts for make in makers}


@dataclass
class Lead:
    """What the exports said of one lead: `email` as written, numbers as +1..."""

    company: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    had: set = field(default_factory=set)
    spelt: set = field(default_factory=set)

    def points(self) -> set:
        return {fold(self.email) if self.email else "", self.phone, self.mobile} - {""}

    def reached_at(self, channel: str) -> str:
        if channel == "email":
            return fold(self.email) if self.email else ""
        if channel == "sms":
            return self.mobile or self.phone
        return (self.phone or self.mobile) if channel in CALLED else ""


@dataclass
class Claim:
    lead: str
    channel: str
    at: datetime
    is_over: bool = False


class FloorOracle:
    """Told of every event in the order in which it happened; asked of every row that left."""

    def __init__(self, lease: timedelta, pause: timedelta, cap: int) -> None:
        self.lease, self.pause, self.cap = lease, pause, cap
        self.leads: dict[str, Lead] = {}
        self.holders: dict[str, set] = {}  # point -> leads that have, or ever had it
        self.others: dict[str, set] = {}  # lead -> leads that are, or once were the same person
        # Channels closed: of a lead, its person and whoever is reached at the same points; of a
        # lead and its person only; of whoever has, or ever had, the point.
        self.refused: dict[str, set] = {}
        self.closed: dict[str, set] = {}
        self.points: dict[str, set] = {}
        self.hashes: dict[str, set] = {}
        self.domains: dict[str, set] = {}
        self.withdrawn: set = set()
        self.erased_leads: set = set()
        self.erased_points: set = set()
        self.claims: dict[str, Claim] = {}
        self.approaches: dict[str, list] = {}
        self.later: dict[str, datetime] = {}
        self.asked: dict[str, list] = {}  # lead -> (channels, when they asked for us, for when)
        self.touched: set = set()
        self.retold: set = set()  # leads of whom a file said other points since the last night

    # ---------------------------------------------------------------------------- what is told

    def exported(self, lead: str, email: str, phone: str, mobile: str, company: str) -> None:
        known = self.leads.get(lead)
        if known is None:
            known = self.leads[lead] = Lead()
        elif (known.email.lower(), known.phone, known.mobile) != (email.lower(), phone, mobile):
            self.retold.add(lead)
        known.email, known.phone, known.mobile, known.company = email, phone, mobile, company
        known.had |= known.points()
        for point in known.points():
            self.holders.setdefault(point, set()).add(lead)
        if email:
            known.spelt |= {email.lower(), fold(email)}

    def weighed(self) -> None:
        """A night has weighed all that was told; what is told later waits for the next one."""
        self.retold.clear()

    def identified(self) -> None:
        """Leads with one address, but for the case of its letters, are one person from now on."""
        first: dict[str, str] = {}
        for name, lead in self.leads.items():
            if lead.email and name not in self.erased_leads:
                self.joined(first.setdefault(lead.email.lower(), name), name)

    def joined(self, one: str, other: str) -> None:
        if one != other:
            self.others.setdefault(one, set()).add(other)
            self.others.setdefault(other, set()).add(one)

    def merged(self, absorbed: str, master: str) -> None:
        self.joined(absorbed, master)
        self.withdrawn.add(absorbed)

    def refuses(self, lead: str, channels: set) -> None:
        self.touched.add(lead)
        self.refused.setdefault(lead, set()).update(channels)

    def closes(self, lead: str, channels: set) -> None:
        self.touched.add(lead)
        self.closed.setdefault(lead, set()).update(channels)

    def point_refuses(self, point: str, channels: set) -> None:
        point = fold(point) if "@" in point else point
        self.points.setdefault(point, set()).update(channels)

    def hash_refuses(self, digest: str, channels: set) -> None:
        self.hashes.setdefault(digest, set()).update(channels)

    def domain_refuses(self, domain: str, channels: set) -> None:
        self.domains.setdefault(domain, set()).update(channels)

    def forgotten(self, lead: str) -> None:
        person = self.person(lead)
        self.erased_leads |= person
        for name in person & self.leads.keys():
            for point in self.leads[name].had:
                if self.holders[point] <= self.erased_leads:
                    self.erased_points.add(point)

    def claimed(
        self, claim_id: str, lead: str, channel: str, at: datetime, *, is_export: bool
    ) -> None:
        self.touched.add(lead)
        self.claims[claim_id] = Claim(lead, channel, at)
        if is_export:
            self.approaches.setdefault(lead, []).append(at)

    def released(self, claim_id: str) -> None:
        self.claims[claim_id].is_over = True

    def ended(self, lead: str, channel: str, at: datetime, claim_id: str | None) -> None:
        """End the lease that a report is of; one without a claim is of the last one there was."""
        own = [
            (claim.at, name)
            for name, claim in self.claims.items()
            if claim.lead == lead and claim.channel == channel and claim.at <= at
        ]
        last = [name for when, name in own if when == max(own)[0]]
        for name in [claim_id] if claim_id else last:
            self.released(name)

    def attempted(
        self,
        lead: str,
        channel: str,
        what: str,
        at: datetime,
        claim_id: str | None = None,
        callback_at: datetime | None = None,
    ) -> None:
        self.touched.add(lead)
        self.approaches.setdefault(lead, []).append(at)
        if callback_at is not None:
            self.later[lead] = callback_at
            self.asked.setdefault(lead, []).append(({channel, "phone"}, at, callback_at))
        if what == "replied":
            self.asked.setdefault(lead, []).append((EVERY, at, at))
        if what not in GOING_ON:
            self.ended(lead, channel, at, claim_id)
        known = self.leads.get(lead, Lead())
        if what in ("opted_out", "complaint"):
            self.refuses(lead, EVERY)
            for point in known.had:
                self.point_refuses(point, EVERY)
        elif what == "left_company":
            self.closes(lead, EVERY)
        elif what == "wrong_number":
            self.closes(lead, CALLED)
        elif what == "bounced" and channel == "email" and known.email:
            self.point_refuses(known.email, {"email"})

    # ------------------------------------------------------------------------- what is asked

    def person(self, lead: str) -> set:
        found, waiting = {lead}, [lead]
        while waiting:
            for other in self.others.get(waiting.pop(), set()) - found:
                found.add(other)
                waiting.append(other)
        return found

    def may_not(self, lead: str, channel: str) -> str | None:
        """Why nobody may ever reach this lead on this channel; None: the history allows it."""
        if lead in self.erased_leads or lead in self.withdrawn:
            return "erased" if lead in self.erased_leads else "merged into another"
        had, spelt = set(), set()
        for name in self.person(lead):
            if channel in self.refused.get(name, set()) | self.closed.get(name, set()):
                return f"{name} said no"
            known = self.leads.get(name, Lead())
            had |= known.had
            spelt |= known.spelt
        if had & self.erased_points:
            return "a point of somebody erased"
        if any(channel in self.points.get(point, ()) for point in had):
            return "a point it has or had said no"
        if any(channel in self.domains.get(domain, ()) for point in had for domain in hosts(point)):
            return "its domain said no"
        if any(channel in self.hashes.get(digest, ()) for digest in digests(spelt | had)):
            return "the hash of a point said no"
        for name in self.holders.get(self.leads[lead].reached_at(channel), ()):
            if channel in self.refused.get(name, ()):
                return f"{name}, who has or had the same point, said no"
        return None

    def waits(self, lead: str, channel: str, now: datetime) -> str | None:
        """Why a claim may not have this lead at `now`, though nobody said no.

        The interval paces us, not answers. Who asked to be contacted again waits until then and no
        longer, on the channel where they asked, or called by a person; who wrote back waits for
        nothing that was before.
        """
        person, company = self.person(lead), self.leads[lead].company
        for claim in self.claims.values():
            if claim.is_over or claim.at + self.lease <= now:
                continue
            if claim.lead in person:
                return "out already"
            if self.leads[claim.lead].company == company:
                return "somebody of the company is out"
        times = {at for name in person for at in self.approaches.get(name, ())}
        asked = [
            at
            for name in person
            for channels, at, until in self.asked.get(name, ())
            if until <= now and channel in channels
        ]
        if any(at > max([now - self.pause, *asked]) for at in times):
            return "approached lately"
        if len([at for at in times if at >= now - timedelta(days=365)]) >= self.cap:
            return "approached too often"
        if any(self.later.get(name, now) > now for name in person):
            return "asked to be called later"
        return None

    def is_clear(self, lead: str) -> bool:
        """Tell whether nothing at all was ever heard of or done to this lead or anybody near it."""
        near, waiting = {lead}, [lead]
        while waiting:
            for point in self.leads[waiting.pop()].had:
                waiting += self.holders[point] - near
                near |= self.holders[point]
        if near & self.touched or any(name in self.others for name in near):
            return False
        if near & self.retold:
            return False
        return not any(self.may_not(name, channel) for name in near for channel in EVERY)
