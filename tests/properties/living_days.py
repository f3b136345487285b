"""What happens to a living home by day: reports, refusals, files, erasures and ways back."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.runs.attempts import AttemptDesk
from pipelines.runs.forget import run_forget
from pipelines.runs.landing import resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.outreach import run_pause, run_release, run_resume, run_suppress
from pipelines.store.snapshot import current_snapshot
from tests.oracles.floor import CLOSES
from tests.properties.living_home import LivingHome

ENDS = [
    *["no_answer"] * 30, *["answered"] * 8, *["opened", "sent", "replied"] * 4,
    *["callback_at"] * 2, "opted_out", "opted_out", "complaint", "wrong_number", "bounced",
    "left_company",
]  # fmt: skip
# What happens how often during the day, per thousand operations; files and nights come besides.
DAY = {
    "claim": 330, "report": 260, "release": 220, "suppress": 40, "unclaimed": 25, "pause": 15,
    "resume": 30, "wait": 80,
}  # fmt: skip
PEOPLE = 120
# Dealt like cards, so that every life has each of them.
BETWEEN = ["consent", "suppressions", "leads", "forget", "rollback", "defer"]


class LivingDays(LivingHome):
    """Operations in any order; one that has nothing to work on says False, and does not count."""

    def day(self, operations: int, between: int) -> None:
        """Operations in any order, between them some files, erasures and ways back."""
        names, weights = list(DAY), list(DAY.values())
        stops = set(self.dice.sample(range(operations), between))
        self.minutes = 9 * 60 / (operations * DAY["wait"] / 1000)
        self.evening = self.clock.at + timedelta(hours=9)
        place = 0
        while place < operations:
            if self.is_behind and self.dice.random() < 0.02:
                self.close()
                name = "consent"  # the next file brings everything into force
            elif place in stops:
                stops.remove(place)
                self.cards = self.cards or self.dice.sample(BETWEEN, len(BETWEEN))
                name = self.cards.pop()
                self.close()
            else:
                name = self.dice.choices(names, weights)[0]
            is_done = getattr(self, name)() is not False
            self.done[name] += is_done
            place += is_done and name != "wait"

    def release(self) -> bool:
        if not self.claims:
            return False
        claim_id, *_ = self.claims.pop(self.dice.randrange(len(self.claims)))
        run_release(self.home, [claim_id])
        self.oracle.released(claim_id)
        return True

    def report(self) -> bool:
        if not self.claims:
            return False
        claim_id, lead, channel = self.claims[-1 - self.dice.randrange(min(9, len(self.claims)))]
        self.attempt(lead, channel, self.dice.choice(ENDS), {"claim_id": claim_id})
        return True

    def unclaimed(self) -> None:
        """Of a lead that nobody was handed out, or that no file has brought yet."""
        lead = self.files.known() if self.dice.random() < 0.9 else self.files.coming()
        channel = self.dice.choice(["email", "phone", "sms"])
        named = {"lead": f"crm:{lead}", "channel": channel}
        self.attempt(lead, channel, self.dice.choice([*ENDS, "opted_out", "complaint"]), named)

    def attempt(self, lead, channel, what, named) -> None:
        self.reported += 1
        later = None
        if what == "callback_at":
            later = self.clock.at + timedelta(hours=self.dice.choice([1, 4, 30]))
        values = {"attempt_id": f"a{self.reported}", "disposition": what, **named}
        values["at"] = self.clock.at.isoformat()
        if later:
            values["callback_at"] = later.isoformat()
        if self.attempt_desk is None:
            self.attempt_desk = AttemptDesk(self.home)
        for _ in range(self.dice.choice([1, 1, 1, 2])):
            self.attempt_desk.take(values)
        self.oracle.attempted(
            lead, channel, what, self.clock.at, named.get("claim_id"), callback_at=later
        )

    def suppress(self) -> bool:
        kind, value = self.files.entry()
        if kind == "hash":  # a hash comes in a file
            return False
        channel = self.dice.choice([None, None, "email", "phone", "sms"])
        run_suppress(self.home, [value], channel=channel, reason="asked")
        self.files.told(kind, value, CLOSES[channel])
        return True

    def pause(self) -> bool:
        lane = self.dice.choice([("email", "ai"), ("phone", None), (None, None)])
        run_pause(self.home, channel=lane[0], handler=lane[1], reason="complaints")
        self.paused.add(lane)
        return True

    def resume(self) -> bool:
        if not self.paused:
            return False
        run_resume(self.home, channel=None, handler=None)
        self.paused.clear()
        return True

    def wait(self) -> None:
        later = self.clock.at + timedelta(minutes=self.dice.random() * 2 * self.minutes)
        self.clock.at = min(later, self.evening)

    # ------------------------------------------------------------------------ between operations

    def load(self, kind: str, content: str, *, defer: bool = False) -> None:
        path = self.files.write(kind, content)
        wanted = [LoadRequest([path], kind, resolve_mapping("auto"), "crm")]
        self.is_behind = True
        if not defer and (not self.done["killed load"] or self.dice.random() < 0.25):
            known = self.landed(kind)
            if self.dies("load", lambda: run_load(self.home, wanted)):
                if self.landed(kind) > known:
                    return
                # It ended an erasure, and died before it had read the file.
                run_load(self.home, wanted)
        else:
            run_load(self.home, wanted, defer=defer)
        if not defer:
            self.published()

    def landed(self, kind: str) -> int:
        found = self.home.batches.glob("*/batch.json")
        return sum(f'"kind": "{kind}"' in path.read_text() for path in found)

    def consent(self) -> None:
        self.load("consent", self.files.consents())

    def suppressions(self) -> None:
        self.load("suppressions", self.files.suppressions())

    def leads(self) -> None:
        content = self.files.exports(2, 6)
        self.files.exported()
        self.load("leads", content)

    def defer(self) -> None:
        self.load("consent", self.files.consents(), defer=True)

    def forget(self) -> None:
        lead = self.files.known()
        known = self.oracle.leads[lead]
        value = f"crm:{lead}"
        if known.email and self.dice.random() < 0.3:
            value = known.email
        is_killed = False
        try:
            if self.dice.random() < 0.3:
                is_killed = self.dies("forget", lambda: run_forget(self.home, [value]))
            else:
                run_forget(self.home, [value])
        except UsageError:
            self.done["forget refused"] += 1
            return
        self.oracle.forgotten(lead)
        for point in known.had:
            self.oracle.touched |= self.oracle.holders[point]
        self.is_behind = self.is_behind or is_killed

    def rollback(self) -> None:
        """Point the store at an older file, as somebody would who distrusts the newest."""
        known = self.home.snapshots.glob("leads-*.duckdb")
        # By age: their names hold a hash that no seed decides.
        older = sorted(known, key=lambda path: path.stat().st_mtime_ns)
        older = [path for path in older if path != current_snapshot(self.home)]
        older = [path for path in older if path.name not in self.too_old]
        if older:
            link = self.home.current.with_name(".back")
            link.symlink_to(Path("snapshots") / self.dice.choice(older).name)
            link.replace(self.home.current)
            self.is_behind = True
            self.listed = {}


def live(home: LivingDays, *, days: int, operations: int, between: int) -> Counter:
    """Let a home live: every day a night, then operations in any order."""
    try:
        for day in range(days):
            home.clock.at = home.clock.at.replace(hour=6, minute=0) + timedelta(days=day > 0)
            home.close()
            home.night(PEOPLE if day == 0 else PEOPLE // 4, PEOPLE // 8)
            home.clock.at = home.clock.at.replace(hour=14)
            home.day(operations, between)
    finally:
        home.close()
        home.claim_desk.__exit__(None, None, None)
    return home.done + home.files.said
