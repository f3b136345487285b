"""Seeded randomness: one independent stream per (seed, block, topic), and vectorised draws."""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Dice:
    """Random streams of one block of persons.

    A stream depends on the seed, the block and its topic only: never on how many blocks there
    are, nor on what other topics drew. So a world's beginning does not change with its size, and
    adding a topic leaves the others as they were.

    Parameters
    ----------
    seed : int
        Of the world, 0 or more.
    block : int
        Number of the block, from 0.
    """

    def __init__(self, seed: int, block: int) -> None:
        self.seed = seed
        self.block = block

    def stream(self, topic: str) -> np.random.Generator:
        """Return the generator of a topic, always from its beginning."""
        words = [self.seed, self.block, zlib.crc32(topic.encode())]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def pick(rng: np.random.Generator, n: int, share: Sequence[float]) -> Ints:
    """Draw ``n`` codes with the given (unnormalised) shares; shape (n,)."""
    return pick_code(rng.random(n), share)


def pick_code(drawn: Floats, share: Sequence[float]) -> Ints:
    """Turn draws from [0, 1) into codes with the given (unnormalised) shares; shape (n,)."""
    edges = np.cumsum(np.asarray(share, dtype=np.float64))
    return np.searchsorted(edges[:-1] / edges[-1], drawn, side="right").astype(np.int64)


def pick_by_row(rng: np.random.Generator, row: Ints, shares: Floats) -> Ints:
    """Draw one code per entry of ``row`` with the shares of that row of ``shares``; (n,)."""
    edges = np.cumsum(shares, axis=1)
    edges /= edges[:, -1:]
    chance = rng.random(row.size)
    code = np.zeros(row.size, dtype=np.int64)
    for column in range(shares.shape[1] - 1):
        code += chance > edges[row, column]
    return code


def pick_within(rng: np.random.Generator, start: Ints, size: Ints, power: float = 1.0) -> Ints:
    """Draw a position in ``[start, start + size)``; a power above 1 prefers the first ones."""
    return start + np.minimum((size * rng.random(start.size) ** power).astype(np.int64), size - 1)


def chance(rng: np.random.Generator, n: int, share: float | Floats) -> Bools:
    """Draw ``n`` yes/no answers, true with probability ``share``; (n,)."""
    return rng.random(n) < share


def sigmoid(x: Floats) -> Floats:
    """Logistic function, elementwise."""
    return 1.0 / (1.0 + np.exp(-x))
