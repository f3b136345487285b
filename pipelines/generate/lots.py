"""Draws that hang on a lead's id alone: the same in whatever file, part or order it comes."""

import zlib
from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.dice import Floats

# The longest id of a world: 18 characters of Salesforce.
_WIDTH: Final = 18
_FNV_START: Final = np.uint64(0xCBF29CE484222325)
_FNV_PRIME: Final = np.uint64(0x100000001B3)
# The last mixing steps of SplitMix64 (Steele, Lea and Flood 2014): FNV alone leaves the high
# bits of similar ids alike.
_MIX: Final = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_LAST_SHIFT: Final = np.uint64(31)
_DOUBLE_SHIFT: Final = np.uint64(11)


def lots(ids: pl.Series, seed: int, topic: str) -> Floats:
    """Draw one number in [0, 1) per id.

    Parameters
    ----------
    ids : Series of String, (n,)
        ASCII, no nulls; characters after the 18th do not count.
    seed : int
    topic : str
        Draws of other topics are independent.

    Returns
    -------
    ndarray of float64, (n,)
    """
    padded = ids.str.pad_end(_WIDTH).to_numpy().astype(f"S{_WIDTH}")
    chars = padded.view(np.uint8).reshape(ids.len(), _WIDTH)
    salt = zlib.crc32(f"{seed} {topic}".encode())
    code = np.full(ids.len(), _FNV_START ^ np.uint64(salt), dtype=np.uint64)
    for position in range(_WIDTH):
        code ^= chars[:, position]
        code *= _FNV_PRIME
    for shift, factor in _MIX:
        code ^= code >> shift
        code *= factor
    code ^= code >> _LAST_SHIFT
    drawn: Floats = (code >> _DOUBLE_SHIFT).astype(np.float64) / 2.0**53
    return drawn
