"""Campaigns of which the truth is known."""

import numpy as np

from models.estimate import Campaign


def rates(x):
    """Rate of people like `x`, left alone and treated: treatment helps those above 0 only."""
    alone = 0.01 * np.exp(0.5 * x)
    return np.clip(alone, 0, 1), np.clip(alone * (1 + 1.5 * (x > 0)), 0, 1)


def drawn(seed, people=2_000, heavy=True):
    """Return what is known of each, and the campaign: with heavy weights, or even ones."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=people)
    chance = np.full(people, 0.5)
    if heavy:
        # Who is unlikely to convert is seldom treated: a campaign as people run them.
        chance = np.clip(0.15 * np.exp(0.8 * x + 0.5 * rng.normal(size=people)), 0.02, 0.9)
    treated = rng.random(people) < chance
    alone, helped = rates(x)
    outcome = (rng.random(people) < np.where(treated, helped, alone)).astype(float)
    forecast = np.column_stack([alone, helped]) * rng.uniform(0.5, 1.5)
    return x, Campaign(outcome, treated, chance, forecast)


def truth(rule, draws=400_000):
    """Return the mean outcome under `rule`, a function of what is known, to four digits."""
    x = np.random.default_rng(77).normal(size=draws)
    alone, helped = rates(x)
    wanted = rule(x)
    return float((wanted * helped + (1 - wanted) * alone).mean())
