"""Files that keep coming to a living home, and what the oracle is told of each.

People come again under other ids, spellings and numbers; refusals come late, early and twice.
"""

import hashlib
import random
from collections import Counter
from pathlib import Path

from tests.oracles.floor import CLOSES, EVERY, FloorOracle
from tests.properties.living_clock import Clock
from tests.properties.living_people import HEADER, human, spelling, text, written_phone


class LivingFiles:
    """Writes files; `exports` is told to the oracle by `exported`, everything else at once."""

    def __init__(
        self, folder: Path, dice: random.Random, oracle: FloorOracle, clock: Clock
    ) -> None:
        self.folder, self.dice, self.oracle, self.clock = folder, dice, oracle, clock
        self.humans, self.files, self.leads = [], 0, 0
        self.owner, self.pending = {}, []
        self.seen: set = set()
        self.said: Counter = Counter()  # how often files said what

    def write(self, kind: str, content: str, into: Path | None = None) -> Path:
        self.files += 1
        folder = into or self.folder
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{kind}-{self.files}.csv"
        path.write_text(content)
        return path

    def known(self) -> str:
        return self.dice.choice(list(self.oracle.leads) or ["l0"])

    def coming(self) -> str:
        """A lead that one of the next files brings."""
        return f"l{self.leads + self.dice.randrange(1, 9)}"

    def point(self, lead: str) -> str:
        had = sorted(self.oracle.leads[lead].had) if lead in self.oracle.leads else []
        return self.dice.choice(had or ["nobody@nowhere.example"])

    def exports(self, new: int, again: int) -> str:
        """Rows of leads: of new people, of known people under other ids, of known leads again."""
        rows, self.pending = [], []
        for place in range(new + again):
            if place < new or not self.humans:
                self.humans.append(human(len(self.humans), self.dice))
                one, lead = self.humans[-1], None
            else:
                one, lead = self.dice.choice(self.humans), None
                own = [name for name, who in self.owner.items() if who == one.number]
                if own and self.dice.random() < 0.4:
                    lead = self.dice.choice(own)
            if lead is None:
                self.leads += 1
                lead = f"l{self.leads}"
            if lead not in [row[0] for row in self.pending]:
                rows.append(self.export_row(lead, one))
        return HEADER + "".join(rows)

    def export_row(self, lead, one) -> str:
        email = spelling(one, self.dice) if self.dice.random() < 0.9 else ""
        phone = one.phone if self.dice.random() < 0.7 else ""
        mobile = one.second if self.dice.random() < 0.3 else ""
        no_mail, no_call = self.dice.random() < 0.01, self.dice.random() < 0.01
        master = None
        own = [name for name, who in self.owner.items() if who == one.number and name != lead]
        if own and self.dice.random() < 0.2:
            master = self.dice.choice(own)
        self.owner[lead] = one.number
        self.pending.append((lead, one, email, phone, mobile, no_mail, no_call, master))
        stamp = self.clock.at.isoformat(timespec="seconds")
        cells = [
            lead, "2026-09-01", stamp, email,
            phone and written_phone(phone, self.dice), mobile and written_phone(mobile, self.dice),
            one.first, one.last, one.company, "US", "organisation",
            "true" if no_mail else "", "1" if no_call else "", master or "",
        ]  # fmt: skip
        return ",".join(map(text, cells)) + "\n"

    def exported(self) -> None:
        """Tell the oracle what the file of leads said."""
        for lead, one, email, phone, mobile, no_mail, no_call, master in self.pending:
            self.said["re-import"] += lead in self.oracle.leads or one.number in self.seen
            self.seen.add(one.number)
            self.said["merge"] += master is not None
            self.said["opt-out"] += no_mail or no_call
            self.oracle.exported(lead, email, phone, mobile, one.company)
            for is_said, channel in ((no_mail, "email"), (no_call, "phone")):
                if is_said:
                    self.oracle.refuses(lead, CLOSES[channel])
            if master:
                self.oracle.merged(lead, master)
            else:
                self.oracle.withdrawn.discard(lead)
        self.pending = []

    def consents(self) -> str:
        rows = []
        for _ in range(self.dice.randrange(2, 7)):
            lead = self.coming() if self.dice.random() < 0.15 else self.known()
            by = self.dice.choice(["lead", "point"])
            point = self.point(lead) if by == "point" else ""
            if point and "@" not in point:
                by, point = "lead", ""
            status = self.dice.choice(["opt_out", "opt_out", "objected_profiling", "opt_in"])
            channel = self.dice.choice(["", "email", "phone", "sms"])
            if status == "opt_in":
                channel = "sms"
            stamp = self.clock.at.date().isoformat()
            rows.append([lead if by == "lead" else "", point, channel, status, stamp, "ref-1"])
            self.said[status.replace("_", "-")] += 1
            if status == "opt_in":
                continue
            channels = EVERY if status != "opt_out" else CLOSES[channel or None]
            if by == "lead":
                self.oracle.refuses(lead, channels)
            else:
                self.oracle.point_refuses(point, channels)
        lines = [",".join(map(text, row)) + "\n" for row in rows]
        return "lead_source_id,email,channel,status,captured_at,evidence_ref\n" + "".join(lines)

    def entry(self):
        """What a suppression says: kind, as written, and what the oracle is to be told."""
        if self.dice.random() < 0.3:  # somebody who is not in any file yet
            point = human(len(self.humans), random.Random(self.files)).phone  # noqa: S311
        else:
            point = self.point(self.known())
        kind = self.dice.choice(["point", "point", "point", "hash", "domain"])
        if kind == "hash":
            make = self.dice.choice([hashlib.md5, hashlib.sha1, hashlib.sha256])
            return "hash", make(point.encode()).hexdigest()
        if kind == "domain" and "@" in point and "gmail" not in point and self.dice.random() < 0.3:
            return "domain", point.rpartition("@")[2]
        return ("email" if "@" in point else "phone"), point

    def told(self, kind, value, channels) -> None:
        known = {"hash": self.oracle.hash_refuses, "domain": self.oracle.domain_refuses}
        known.get(kind, self.oracle.point_refuses)(value, channels)

    def suppressions(self) -> str:
        entries = [self.entry() for _ in range(self.dice.randrange(1, 5))]
        lines = []
        for kind, value in entries:
            self.said["suppressed by a list"] += 1
            self.told(kind, value, EVERY)
            cells = [value if kind == name else "" for name in ("email", "phone", "domain", "hash")]
            lines.append(",".join(map(text, cells)) + "\n")
        return "email,phone,domain,hash\n" + "".join(lines)
