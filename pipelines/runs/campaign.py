"""A campaign that treated people by lot, valued: what ranking, lot, everybody and nobody bring."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from models.estimate import Campaign, Estimate, Valuation, Value, design_of, imbalance_of
from models.estimate.valuation import valuation_of
from pipelines.load.campaign import (
    CampaignFile,
    CampaignMapping,
    load_campaign_mapping,
    read_campaign,
)
from pipelines.runs.estimate_words import as_json
from pipelines.store.scratch import scratch_folder

# Arms differ by more than so many standard errors in what was known beforehand once in 15,000.
_IMBALANCE: Final = 4.0


@dataclass(frozen=True)
class ValuedCampaign:
    """What a campaign file teaches.

    Parameters
    ----------
    file : CampaignFile
    chance_from : str
        Where the chance to be treated comes from, in words.
    left_out : dict of str to str
        Column to the reason why no ranking goes by it.
    found : Valuation
    """

    file: CampaignFile
    chance_from: str
    left_out: dict[str, str]
    found: Valuation

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values; what is not known is null."""
        found = self.found
        return {
            "people": len(self.file.treated),
            "treated_people": int(self.file.treated.sum()),
            "records": self.file.records,
            "left_out_records": self.file.unread,
            "columns": self.file.columns,
            "chance_from": self.chance_from,
            "left_out_columns": self.left_out,
            "treated": as_json(found.treated),
            "untreated": as_json(found.untreated),
            "effect": _values(found.effect),
            "lift": as_json(found.lift),
            "rules": [
                {
                    "rule": rule.name,
                    "share": rule.share,
                    "value": _values(rule.value),
                    "over_lot": _values(rule.over_lot),
                    "over_everybody": _values(rule.over_all),
                }
                for rule in found.rules
            ],
            "curves": {
                name: {
                    "qini": curve.qini,
                    "points": [
                        {"share": share, **as_json(gain)}
                        for share, gain in zip(curve.shares, curve.gains, strict=True)
                    ],
                }
                for name, curve in found.curves.items()
            },
        }


def value_campaign(file: Path, mapping: Path | None) -> ValuedCampaign:
    """Value a campaign file under other rules of whom to treat.

    Raises
    ------
    BadInputError
        The file cannot be used.
    UsageError
        What only the mapping can tell.
    """
    given = load_campaign_mapping(mapping) if mapping else CampaignMapping()
    with scratch_folder() as scratch:
        read = read_campaign(file, given, scratch)
    chance, chance_from = _chance(read, given)
    campaign = Campaign(read.outcome, read.treated, chance)
    left_out = dict(read.left_out)
    for column in read.covariates.iter_columns():
        errors = imbalance_of(column, campaign.treated, campaign.weight)
        if errors > _IMBALANCE:
            left_out[column.name] = (
                f"the arms differ by {errors:.1f} standard errors: known only afterwards"
            )
    used = read.covariates.drop([n for n in left_out if n in read.covariates.columns])
    found = valuation_of(campaign, design_of(used), read.score)
    return ValuedCampaign(replace(read, covariates=used), chance_from, left_out, found)


def _chance(
    read: CampaignFile, given: CampaignMapping
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], str]:
    if read.chance is not None:
        return read.chance.astype(np.float64), f"column {read.columns['propensity']}"
    if isinstance(given.campaign.propensity, float):
        share = given.campaign.propensity
        return np.full(len(read.treated), share), f"{share:g} for everybody, as given"
    share = float(read.treated.mean())
    words = f"{share:.4f} for everybody: the share treated, as if the lot was the same for all"
    return np.full(len(read.treated), share), words


def _values(value: Value) -> dict[str, Any]:
    return {
        "ips": as_json(value.plain),
        "snips": as_json(value.normalised),
        "doubly_robust": None if value.doubly_robust is None else as_json(value.doubly_robust),
    }


def best_estimate(value: Value) -> Estimate:
    """Return the estimate to read first: doubly robust where there is a forecast."""
    return value.doubly_robust or value.normalised
