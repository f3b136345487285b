"""Rows as they are handed to a fit: a matrix, outcomes, and what each row counts for."""

from dataclasses import dataclass

from models.matrix import F32, Bools


@dataclass(frozen=True)
class Block:
    """Rows of one block.

    Parameters
    ----------
    matrix : (n, k) float32
    label : (n,) bool
    weight : (n,) float32 or None
        What a row counts for; None = 1 each.
    """

    matrix: F32
    label: Bools
    weight: F32 | None = None

    @property
    def positives(self) -> int:
        """Number of conversions."""
        return int(self.label.sum())
