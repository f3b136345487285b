"""Errors a user may see: what was found, what was expected, what to do; each with its exit code.

No message carries a lead's personal data: callers pass names, counts and positions, never cell
values.
"""

from typing import ClassVar


class LeadTriageError(Exception):
    """Base of every error that ends a command with one clear line.

    Parameters
    ----------
    found, expected, fix : str
        One clause each; shown to the user in this order.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, found: str, expected: str = "", fix: str = "") -> None:
        self.found = found
        self.expected = expected
        self.fix = fix
        parts = [found]
        if expected:
            parts.append(f"expected {expected}")
        if fix:
            parts.append(f"to fix: {fix}")
        super().__init__("; ".join(parts))


class UsageError(LeadTriageError):
    """A command-line value, setting or mapping that cannot be meant (exit 2)."""

    exit_code = 2


class BadInputError(LeadTriageError):
    """A file whose content cannot be used (exit 65)."""

    exit_code = 65


class StoreError(LeadTriageError):
    """The store could not be read or written (exit 65)."""

    exit_code = 65


class LockedError(LeadTriageError):
    """Somebody else holds the writer lock (exit 75)."""

    exit_code = 75


class RefusedError(LeadTriageError):
    """A gate refused: no model, a failed audit, a newer home (exit 78)."""

    exit_code = 78
