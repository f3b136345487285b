"""Why a lead scores as it does: exact contributions per field of the CRM, in sentences."""

from models.explain.contributions import POINTS_PER_DOUBLING, Contributions
from models.explain.reasons import Explained, explain

__all__ = ["POINTS_PER_DOUBLING", "Contributions", "Explained", "explain"]
