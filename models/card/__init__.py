"""The card of a model: what it was made of, how good it is, and for whom."""

from models.card.content import card_of
from models.card.page import page

__all__ = ["card_of", "page"]
