"""What the checks found about a column, and what follows from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from models.manifest import JSON, rounded
from models.params import Action, LeakageSettings

Verdict = Literal["ok", "suspect", "leak"]

# Below, the standard error of an AUC exceeds 0.05 and no column can be told from chance.
MIN_POSITIVES: Final = 30

_RANK: Final[dict[str, int]] = {"ok": 0, "suspect": 1, "leak": 2}
_MAX_REASONS: Final = 3


@dataclass(frozen=True)
class Finding:
    """The verdict on one feature.

    Parameters
    ----------
    feature : str
        Its name; `TOGETHER` for a verdict on the file.
    verdict : {"ok", "suspect", "leak"}
    value : float
        AUC of this column alone, out of fold; NaN = too few conversions to judge.
    reason : str
        In words, naming the column and the number that decided.
    """

    feature: str
    verdict: Verdict
    value: float
    reason: str

    def to_json(self, action: Action) -> dict[str, JSON]:
        """Return the entry of the manifest; `action` is what followed from it."""
        followed = {"quarantine": "left out", "block": "blocks the model", "report": "reported"}
        return {
            "feature": self.feature,
            "verdict": self.verdict,
            "value": rounded(self.value),
            "reason": self.reason,
            "action": "none" if self.verdict == "ok" else followed[action],
        }


@dataclass(frozen=True)
class Note:
    """One observation about one column.

    Parameters
    ----------
    column : int
        Position of the column.
    verdict : {"suspect", "leak"}
    reason : str
    is_late : bool
        It looks like something entered late, so the column may be taken out where all columns
        together are too good to be true; strength alone is no such sign.
    """

    column: int
    verdict: Verdict
    reason: str
    is_late: bool = False


def settle(feature: str, title: str, area: float, notes: Iterable[Note]) -> Finding:
    """Sum up the notes on one column: the worst verdict, with the reasons for it."""
    told = sorted(notes, key=lambda note: -_RANK[note.verdict])
    if not told:
        return Finding(feature, "ok", area, f"{title} alone: AUC {area:.3f}")
    reasons = list(dict.fromkeys(note.reason for note in told))[:_MAX_REASONS]
    return Finding(feature, told[0].verdict, area, "; ".join(reasons))


def action_on(finding: Finding, settings: LeakageSettings, *, is_dated: bool) -> Action:
    """Return what the settings want done about a finding."""
    if finding.verdict == "leak":
        return settings.dated_action if is_dated else settings.static_action
    return settings.suspect_action if finding.verdict == "suspect" else "report"


def names_for(
    findings: Sequence[Finding], action: Action, settings: LeakageSettings, *, is_dated: bool
) -> tuple[str, ...]:
    """Return the features whose verdict leads to `action`."""
    return tuple(
        finding.feature
        for finding in findings
        if finding.verdict != "ok" and action_on(finding, settings, is_dated=is_dated) == action
    )
