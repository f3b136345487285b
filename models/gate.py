"""One verdict of the gates."""

from dataclasses import dataclass

from models.manifest import JSON, rounded


@dataclass(frozen=True)
class Gate:
    """One verdict.

    Parameters
    ----------
    name : str
    passed : bool
    value, threshold : float or None
        What was measured and what was asked; None = nothing to compare.
    reason : str
        One line for people.
    """

    name: str
    passed: bool
    value: float | None
    threshold: float | None
    reason: str

    def to_json(self) -> dict[str, JSON]:
        """Return the entry of the manifest."""
        return {
            "gate": self.name,
            "passed": self.passed,
            "value": rounded(self.value),
            "threshold": rounded(self.threshold),
            "reason": self.reason,
        }


def figure(value: float | None, digits: int = 2) -> str:
    """Write a figure for a reason; "none" where there is none."""
    return "none" if value is None else f"{value:.{digits}f}"
