"""A feature set as a model uses it: ordered features, their vocabulary, and a fingerprint."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import polars as pl

from features.custom import custom_feature
from features.errors import FeatureError, FeatureMismatchError
from features.registry import REGISTRY
from features.schema import CUSTOM_PREFIX
from features.spec import Feature, Kind, Known
from features.vocabulary import MAX_VALUES, MIN_COUNT, Vocabulary, fit_vocabulary


@dataclass(frozen=True)
class FeatureSet:
    """Features in matrix order, with the vocabulary of the categories among them.

    Raises
    ------
    FeatureError
        Two features of one name, or a category without a vocabulary.
    """

    features: tuple[Feature, ...]
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary({}))

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.features):
            raise FeatureError("a feature set names a feature twice", "unique names")
        missing = [name for name in self.categorical if name not in self.vocabulary.values]
        if missing:
            raise FeatureError(
                f"categories without vocabulary: {missing}", fix="use FeatureSet.fit"
            )

    @classmethod
    def fit(
        cls,
        frame: pl.DataFrame,
        features: Iterable[Feature],
        *,
        min_count: int = MIN_COUNT,
        max_values: int = MAX_VALUES,
    ) -> Self:
        """Fit the vocabulary on training rows; see `features.vocabulary.fit_vocabulary`.

        A category without one frequent value (an id, free text) could only ever be null and is
        left out; compare `names` with what was asked for to report it.
        """
        chosen = tuple(features)
        fitted = fit_vocabulary(frame, chosen, min_count=min_count, max_values=max_values)
        kept = tuple(f for f in chosen if f.kind != "category" or fitted.values[f.name])
        return cls(kept, Vocabulary({n: v for n, v in fitted.values.items() if v}))

    @property
    def names(self) -> tuple[str, ...]:
        """Column names of the matrix, in order."""
        return tuple(feature.name for feature in self.features)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kind of every column, in order."""
        return tuple(feature.kind for feature in self.features)

    @property
    def categorical(self) -> tuple[str, ...]:
        """Names of the category columns, in order."""
        return tuple(feature.name for feature in self.features if feature.kind == "category")

    @property
    def monotone(self) -> tuple[int, ...]:
        """Monotone constraint of every column, in order."""
        return tuple(feature.monotone for feature in self.features)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every input column once, in order of first use."""
        return tuple(dict.fromkeys(c for feature in self.features for c in feature.inputs))

    @property
    def is_lead_only(self) -> bool:
        """Whether one export row can supply every input."""
        return all(feature.is_lead_only for feature in self.features)

    def __getitem__(self, name: str) -> Feature:
        """Return the feature called `name`; KeyError when there is none."""
        for feature in self.features:
            if feature.name == name:
                return feature
        raise KeyError(name)

    @cached_property
    def _fingerprint(self) -> str:
        described = [
            {
                "name": feature.name,
                "kind": feature.kind,
                "inputs": list(feature.inputs),
                "known": str(feature.known),
                "expression": feature.expr.meta.serialize(format="json"),
                "values": list(self.vocabulary.values[feature.name])
                if feature.kind == "category"
                else [],
            }
            for feature in self.features
        ]
        text = json.dumps(described, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of everything that decides a value of the matrix.

        Equal in every process with the same Polars version; a Polars upgrade that changes its
        expression format changes it too, on purpose: the same values are then unproven.
        """
        return self._fingerprint

    def to_json(self) -> dict[str, Any]:
        """Return what a manifest keeps: names, kinds, known, vocabulary, fingerprint."""
        return {
            "features": [
                {"name": f.name, "family": f.family, "kind": f.kind, "known": str(f.known)}
                for f in self.features
            ],
            "vocabulary": self.vocabulary.to_json(),
            "fingerprint": self.fingerprint(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Rebuild a set from the registry of this code and what `to_json` gave.

        Raises
        ------
        FeatureMismatchError
            This code does not know a feature, or would compute something else.
        """
        shipped = {feature.name: feature for feature in REGISTRY}
        found = []
        for entry in data["features"]:
            name = entry["name"]
            if name.startswith(CUSTOM_PREFIX):
                found.append(custom_feature(name, entry["kind"], Known(entry["known"])))
            elif name in shipped:
                # The same expression over a recorded history, where the training had one.
                found.append(replace(shipped[name], known=Known(entry["known"])))
            else:
                raise FeatureMismatchError(
                    f"the model uses feature {name!r}, which this code does not have",
                    fix="train again, or use the version that trained the model",
                )
        rebuilt = cls(tuple(found), Vocabulary.from_json(data["vocabulary"]))
        if rebuilt.fingerprint() != data["fingerprint"]:
            raise FeatureMismatchError(
                "the features of this code differ from those the model was trained with",
                f"fingerprint {str(data['fingerprint'])[:12]}, not {rebuilt.fingerprint()[:12]}",
                "train again, or use the version that trained the model",
            )
        return rebuilt
