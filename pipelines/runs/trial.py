"""One candidate on trial: trained, saved, judged; a scorecard stands in where trees may not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.featureset import FeatureSet
from models import Model, save
from models.contest import Field
from models.errors import ModelError, TrainingRefusedError
from models.scorecard_train import train_scorecard
from models.train import TrainingSet, train
from pipelines.errors import RefusedError
from pipelines.runs.context import RunContext
from pipelines.runs.registry import failed_gates, is_same, load_model, stand
from pipelines.store.ledger import Ledger, models


@dataclass(frozen=True)
class Trained:
    """What a training came to for one population and variant.

    Attributes
    ----------
    model : Model
        What is in force now, or what was refused.
    is_promoted : bool
        Every gate passed, so it is the champion now.
    population, variant : str
    refused : Model or None
        The trees that a scorecard stands in for, or the scorecard that was refused with them.
    why : str
        Why there are no trees at all; empty where they were trained.
    is_known : bool
        The same rows gave the model that is in force: nothing was saved or decided.
    """

    model: Model
    is_promoted: bool
    population: str
    variant: str
    refused: Model | None = None
    why: str = ""
    is_known: bool = False


def try_out(
    ledger: Ledger,
    ctx: RunContext,
    data: TrainingSet,
    features: FeatureSet,
    field: Field,
    context: Mapping[str, Any],
) -> Trained:
    """Train, save, judge, and put in force what passes every gate.

    Where trees cannot be trained, or are refused while nothing better is in force, a scorecard is
    trained of the same rows and judged by its own gates.

    Raises
    ------
    RefusedError
        Neither can be trained on these rows.
    """
    population, variant = str(context["population"]), str(context["variant"])
    model, why = None, ""
    try:
        model = train(
            data, features, ctx.settings.train, ctx.settings.gates, context=context, field=field
        )
    except TrainingRefusedError as error:
        why = error.found
        if not _is_vacant(ledger, ctx, population, variant):
            raise _refusal(error) from None
    except ModelError as error:
        raise _refusal(error) from None
    if model is not None:
        known = _in_force_already(ledger, ctx, model)
        if known is not None:
            return Trained(known, True, population, variant, is_known=True)
        save(model, ctx.home.models)
        if stand(ledger, ctx.home, model):
            return Trained(model, is_promoted=True, population=population, variant=variant)
        if not _is_vacant(ledger, ctx, population, variant):
            return Trained(model, is_promoted=False, population=population, variant=variant)
    try:
        card = train_scorecard(
            data,
            features,
            ctx.settings.train,
            ctx.settings.gates,
            context=context,
            findings=None if model is None else model.manifest["leakage"],
        )
    except ModelError as error:
        if model is None:
            raise _refusal(error) from None
        return Trained(model, is_promoted=False, population=population, variant=variant)
    save(card, ctx.home.models)
    is_promoted = stand(ledger, ctx.home, card)
    first, second = (card, model) if is_promoted or model is None else (model, card)
    return Trained(first, is_promoted, population, variant, second, why)


def _in_force_already(ledger: Ledger, ctx: RunContext, model: Model) -> Model | None:
    """Return the model in force where it is this one and passes as it is judged now."""
    model_id = models.champion(
        ledger, str(model.manifest["population"]), str(model.manifest["variant"])
    )
    if model_id is None or failed_gates(model.manifest):
        return None
    try:
        known = load_model(ctx.home, model_id)
    except RefusedError:
        return None
    return known if is_same(known, model) and not failed_gates(known.manifest) else None


def _is_vacant(ledger: Ledger, ctx: RunContext, population: str, variant: str) -> bool:
    """Whether a scorecard may take the place: nothing is in force there, or another scorecard."""
    model_id = models.champion(ledger, population, variant)
    if model_id is None:
        return True
    try:
        return load_model(ctx.home, model_id).score_source != "model"
    except RefusedError:
        return False  # damaged: a person has to decide


def _refusal(error: ModelError) -> RefusedError:
    return RefusedError(error.found, error.expected, error.fix)
