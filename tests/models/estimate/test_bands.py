"""What was said of those contacted beside what came, in bands of equal numbers."""

from itertools import pairwise

import numpy as np

from models.estimate import bands_of


def test_bands_count_everybody_once_and_say_what_came():
    rng = np.random.default_rng(8)
    said = rng.beta(1, 9, 3_000)
    label = rng.random(3_000) < 2 * said
    bands = list(bands_of(said, label, np.arange(3_000)))
    assert len(bands) == 11
    assert bands[0].came.rows == 3_000
    assert bands[0].came.value == label.mean()
    assert sum(band.came.rows for band in bands[1:]) == 3_000
    assert sum(band.came.positives for band in bands[1:]) == label.sum()
    for before, after in pairwise(bands[1:]):
        assert before.high <= after.low
    # Twice as many came as was said: every band but the lowest can tell.
    assert bands[0].times.low > 1.7
    assert bands[0].times.high < 2.3


def test_few_people_are_one_band_and_nobody_is_none():
    assert len(list(bands_of(np.full(60, 0.1), np.zeros(60, bool), np.arange(60)))) == 1
    assert not list(bands_of(np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int64)))
