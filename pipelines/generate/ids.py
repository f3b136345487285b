"""Identifiers as the CRMs spell them."""

from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.dice import Ints

_BASE62: Final = np.frombuffer(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8
)
_CHECK: Final = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
_COUNTER_CHARS: Final = 9
_HUBSPOT_BASE: Final = 51_000_000_000


def salesforce_ids(counter: Ints, prefix: str) -> pl.Series:
    """Spell 18-character Salesforce ids: 15 case-sensitive ones and their 3-letter checksum.

    Each checksum letter tells which of five characters are capitals (bit i for the i-th), as
    Salesforce documents it.

    Parameters
    ----------
    counter : (n,) int64
        Below 62**9.
    prefix : str
        Six characters: object type and instance, such as "00Q5f0".
    """
    chars = np.empty((counter.size, 18), dtype=np.uint8)
    chars[:, :6] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    rest = counter.copy()
    for position in range(6 + _COUNTER_CHARS - 1, 5, -1):
        rest, digit = np.divmod(rest, 62)
        chars[:, position] = _BASE62[digit]
    for group in range(3):
        five = chars[:, group * 5 : group * 5 + 5]
        is_capital = (five >= ord("A")) & (five <= ord("Z"))
        chars[:, 15 + group] = _CHECK[is_capital @ np.array([1, 2, 4, 8, 16])]
    return _strings(chars)


def hubspot_ids(counter: Ints) -> pl.Series:
    """Spell HubSpot record ids: plain numbers of eleven digits, as text."""
    return pl.Series(counter + _HUBSPOT_BASE).cast(pl.String)


def _strings(chars: np.ndarray) -> pl.Series:
    """Turn an (n, width) array of ASCII bytes into n strings."""
    width = chars.shape[1]
    return pl.Series(chars.reshape(-1).view(f"S{width}")).cast(pl.String)
