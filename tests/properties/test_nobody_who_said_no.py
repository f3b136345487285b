"""Any order of refusals, erasures, files, nights, claims, reports, crashes and ways back.

The oracle knows the events and nothing of the product. A failure names its seed: the same seed
lives the same life again.
"""

import tempfile
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.runs import publication
from tests.properties.living_clock import ticking
from tests.properties.living_days import LivingDays, live
from tests.properties.living_home import Violation

# A Monday: calls have their hours.
START = datetime(2026, 11, 2, 6)
FAST = Path("/dev/shm")  # noqa: S108 - forcing every write to a disk is tested elsewhere


def life(seed, *, days, operations, between):
    """Live one life; return what was done how often."""
    place = FAST if FAST.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as folder, ticking(START) as clock:
        home = LivingDays(Path(folder), seed, clock)
        try:
            return live(home, days=days, operations=operations, between=between)
        except Violation as error:
            raise Violation(f"seed {seed}, {dict(home.done)}: {error}") from error


@pytest.fixture
def unaudited(monkeypatch):
    """Leave out the audits of a night: the oracle is to find everything by itself."""
    monkeypatch.setattr(publication, "check_in_fresh_process", lambda *given, **named: {})


OPERATIONS = (
    "claim", "report", "release", "suppress", "unclaimed", "pause", "resume", "consent",
    "suppressions", "leads", "defer", "forget", "rollback", "night",
)  # fmt: skip


def operations(done):
    return sum(done[name] for name in OPERATIONS)


@pytest.mark.usefixtures("unaudited")
def test_nobody_who_said_no_is_listed_or_handed_out():
    done = life(1, days=2, operations=1_000, between=4)
    assert operations(done) >= 2_000
    # A life in which nobody leaves, or nobody says no, proves nothing.
    assert done["handed out"] > 100
    assert done["listed"] > 60
    assert done["clear"] > 60
    assert done["suppress"] > 20
    for rare in ("unclaimed", "consent", "suppressions", "leads", "forget", "rollback", "defer"):
        assert done[rare], rare


@pytest.mark.slow
@pytest.mark.usefixtures("unaudited")
@pytest.mark.parametrize("seed", range(20))
def test_ten_thousand_operations_of_every_seed(seed):
    assert operations(life(seed, days=8, operations=1_250, between=8)) >= 10_000
