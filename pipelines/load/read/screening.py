"""What the screen found in a file."""

from array import array
from dataclasses import dataclass, field

from pipelines.load.read.aside import Aside

_MOST_BLANKS = 1_000_000


@dataclass
class Screening:
    """What the pass found.

    Parameters
    ----------
    records : int
        Records, broken ones included, the header not.
    head, body : int
        Byte offsets of the header and of the first record.
    broken : Aside
        Records that cannot be read in exactly one way.
    blanks : array of int
        Starts and ends of blank lines: no records, and readers disagree about them.
    unwrapped : int
        Records that stood in quotes as a whole.
    is_uniform : bool
        Every record can be handed to the reader as it lies in the file.
    is_ascii : bool
        No unbroken record has a character beyond ASCII.
    """

    broken: Aside
    records: int = 0
    head: int = 0
    body: int = 0
    blanks: "array[int]" = field(default_factory=lambda: array("q"))
    unwrapped: int = 0
    is_uniform: bool = True
    is_ascii: bool = True

    def add_blank(self, start: int, end: int) -> None:
        """Note a blank line; neighbours become one range, and too many are left to a rewrite."""
        if self.blanks and self.blanks[-1] == start:
            self.blanks[-1] = end
        elif len(self.blanks) < 2 * _MOST_BLANKS:
            self.blanks.extend((start, end))
        else:
            self.is_uniform = False
