"""Bring the cards of the home's models into the file that is about to be published."""

from models.card import card_of
from pipelines.errors import RefusedError
from pipelines.publish.cards import publish_cards, publish_standing, published_cards
from pipelines.runs.context import RunContext
from pipelines.runs.registry import load_folder
from pipelines.store import Database
from pipelines.store.ledger import models


def bring_cards(ctx: RunContext, db: Database) -> None:
    """Add the cards of models that the store does not know yet, and where each stands now.

    A model whose folder is gone or damaged, or that another version made, is passed over: its card
    stays if it was published before.
    """
    with ctx.ledger() as ledger:
        known = models.listing(ledger)
    published = published_cards(db)
    cards = []
    for record in known:
        if record.model_id not in published:
            try:
                cards.append(card_of(load_folder(ctx.home.models / record.model_id)))
            except RefusedError:
                continue
    publish_cards(db, cards)
    publish_standing(db, {record.model_id: (record.status, record.reason) for record in known})
