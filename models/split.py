"""Four blocks: train, early stopping, calibration, test; no person and no duplicate on two sides.

Where rows have dates, or their file an order of time, the blocks follow each other, so the figures
say how the model does on what comes after it. Elsewhere a seeded hash of the person decides.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from models.errors import TrainingRefusedError
from models.matrix import F32, Ints

TRAIN: Final = 0
STOP: Final = 1
CALIBRATE: Final = 2
TEST: Final = 3
UNUSED: Final = -1
"""Rows of a person that would sit on a second side: left out, never moved to another time."""

BLOCKS: Final = ("train", "stop", "calibrate", "test")

# A person stays in the block where they were first seen, so a row is left out for what the past
# holds and never for what came after it: those who convert leave the pool, and "the latest block"
# would take failures out of training and leave the conversions in. Where so many persons come
# back that the later blocks would hold newcomers only (a grid of dates), a hash picks the block.
MAX_RETURNING_SHARE: Final = 0.25

# Rows alike in every feature are one duplicate, unless they are so many that the features are
# simply coarse; tying those together would put a large part of the file on one side.
MAX_ALIKE_SHARE: Final = 0.02

_U64 = npt.NDArray[np.uint64]


def mix(values: npt.NDArray[np.generic], seed: int) -> _U64:
    """Return splitmix64 of integers: (n,) uint64, the same on every machine and version.

    Source: Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators".
    """
    with np.errstate(over="ignore"):
        z = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15) * np.uint64(seed + 1)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(values: npt.NDArray[np.generic], seed: int) -> npt.NDArray[np.float64]:
    """Return a stable number in [0, 1) per integer."""
    return (mix(values, seed) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def row_hash(matrix: F32, seed: int) -> _U64:
    """Return one hash per row of a float32 matrix; equal rows (NaN equals NaN) hash alike."""
    total = np.zeros(matrix.shape[0], dtype=np.uint64)
    for index in range(matrix.shape[1]):
        column = matrix[:, index] + np.float32(0.0)  # -0.0 becomes 0.0
        column[np.isnan(column)] = np.float32(np.nan)  # one bit pattern of NaN
        bits = np.ascontiguousarray(column).view(np.uint32).astype(np.uint64)
        total = mix(total ^ mix(bits, seed), seed)
    return total


def tie_alike(group: Ints, matrix: F32, seed: int) -> Ints:
    """Join groups that hold rows alike in every feature.

    Parameters
    ----------
    group : (n,) int64
        Person of each row.
    matrix : (n, k) float32
        Features, NaN = missing.

    Returns
    -------
    (n,) int64
        The smallest group of the joined ones; independent of the order of rows.
    """
    alike, counts = np.unique(row_hash(matrix, seed), return_inverse=True, return_counts=True)[1:]
    persons, person = np.unique(group, return_inverse=True)
    ties = np.flatnonzero((counts[alike] > 1) & (counts[alike] <= MAX_ALIKE_SHARE * len(group)))
    size = len(persons) + len(counts)
    links = coo_matrix(
        (np.ones(len(ties), dtype=np.int8), (person[ties], len(persons) + alike[ties])),
        shape=(size, size),
    )
    joined = connected_components(links, directed=False)[1][: len(persons)]
    smallest = np.full(int(joined.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, joined, persons)
    return np.asarray(smallest[joined][person], dtype=np.int64)


def split(
    group: Ints,
    time: Ints | None,
    matrix: F32,
    shares: tuple[float, float, float, float],
    seed: int,
    *,
    is_dated: bool,
) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Assign every row to a block.

    Parameters
    ----------
    group : (n,) int64
        Person of each row.
    time : (n,) int64 or None
        Larger = later: ``as_of``, or what `models.order` found; None where nothing tells.
    matrix : (n, k) float32
        Features, to find duplicates in a population without dates.
    shares : four floats
        Wanted shares of rows: train, stop, calibrate, test; they add up to 1.
    seed : int
        Of the hash.
    is_dated : bool
        Rows alike in every feature are duplicates only where there are no dates: with them the
        same lead looks the same at two dates, and two leads of few features do at one.

    Returns
    -------
    (n,) int64
        Persons, those tied together by duplicates as one.
    (n,) int8
        `TRAIN`, `STOP`, `CALIBRATE`, `TEST` or `UNUSED`. With a time no row of a block is earlier
        than a row of the block before it.
    """
    if len(group) == 0:
        raise TrainingRefusedError("no training rows", "labelled rows", "load outcomes first")
    tied = group if is_dated else tie_alike(group, matrix, seed)
    if time is None:
        return tied, by_hash(tied, shares, seed)
    block = by_time(tied, time, shares, seed)
    if not is_dated and (block == UNUSED).mean() > MAX_RETURNING_SHARE:
        return tied, by_hash(tied, shares, seed)  # coarse rows: time would leave too few of them
    return tied, block


def by_hash(
    group: Ints, shares: tuple[float, float, float, float], seed: int
) -> npt.NDArray[np.int8]:
    """Assign whole groups by their seeded hash."""
    bounds = np.cumsum(shares)[:3]
    return np.searchsorted(bounds, uniform(group, seed), side="right").astype(np.int8)


def by_time(
    group: Ints,
    time: Ints,
    shares: tuple[float, float, float, float],
    seed: int,
) -> npt.NDArray[np.int8]:
    """Assign rows by time, then keep every group in one block."""
    block = _time_blocks(group, time, shares, seed)
    persons, person = np.unique(group, return_inverse=True)
    first = np.full(len(persons), len(BLOCKS), dtype=np.int8)
    np.minimum.at(first, person, block)
    straying = block != first[person]
    if straying.mean() > MAX_RETURNING_SHARE:
        straying = block != by_hash(group, shares, seed + 1)
    return np.where(straying, np.int8(UNUSED), block)


def _time_blocks(
    group: Ints,
    time: Ints,
    shares: tuple[float, float, float, float],
    seed: int,
) -> npt.NDArray[np.int8]:
    """Cut the time axis between two times; with fewer than four times, inside one by hash."""
    dates, date, rows = np.unique(time, return_inverse=True, return_counts=True)
    wanted = np.cumsum(shares)[:3]
    if len(dates) < len(BLOCKS):
        order = np.lexsort((mix(group, seed), date))
        rank = np.empty(len(time), dtype=np.int64)
        rank[order] = np.arange(len(time))
        return np.searchsorted(wanted, (rank + 0.5) / len(time), side="right").astype(np.int8)
    share_until = np.cumsum(rows) / len(time)
    first = 0
    cuts: list[int] = []  # last date of each of the first three blocks
    for index, target in enumerate(wanted):
        stop = len(dates) - (len(wanted) - index)  # leaves a date for each later block
        nearest = first + int(np.argmin(np.abs(share_until[first:stop] - target)))
        cuts.append(nearest)
        first = nearest + 1
    return np.searchsorted(np.array(cuts), date, side="left").astype(np.int8)
