"""Who may be handed out by e-mail, from the history alone."""

from datetime import timedelta


class ClaimOracle:
    """Remembers everything that happened and looks it all through for every claim."""

    def __init__(self, companies, lease, pause, cap, at):
        self.companies, self.lease, self.pause, self.cap = companies, lease, pause, cap
        self.at = at
        self.handed = []  # [lead, at, is_export, is_released]
        self.closed = set()
        self.approached = []
        self.paused = set()

    def claim(self, count, is_export=False):
        if "email" in self.paused:
            return "paused"
        chosen = []
        for lead in range(len(self.companies)):
            if len(chosen) < count and self._may_leave(lead, chosen):
                chosen.append(lead)
        self.handed += [[lead, self.at, is_export, False] for lead in chosen]
        return chosen

    def opt_out(self, lead, channel):
        if channel in (None, "email"):
            self.closed.add(lead)

    def attempt(self, lead, disposition):
        self.approached.append((lead, self.at))
        if disposition in ("complaint", "bounced"):
            self.closed.add(lead)

    def release(self, lead):
        for one in self.handed:
            if one[0] == lead:
                one[3] = True

    def load(self, lead, what):
        self.closed.add(lead)

    def _may_leave(self, lead, chosen):
        if lead in self.closed:
            return False
        for other, at, is_export, is_released in self.handed:
            if is_released:
                continue
            is_leased = at + self.lease > self.at
            if other == lead and (is_leased or (is_export and at + self.pause > self.at)):
                return False
            if is_leased and self._is_colleague(lead, other):
                return False
        if any(self._is_colleague(lead, other) for other in chosen):
            return False
        times = {at for other, at in self.approached if other == lead}
        if any(at >= self.at - self.pause for at in times):
            return False
        return sum(at >= self.at - timedelta(days=365) for at in times) < self.cap

    def _is_colleague(self, one, other):
        return self.companies[one] is not None and self.companies[one] == self.companies[other]
