"""The compiled scorer: LightGBM's raw scores, bit for bit, many times faster."""

from models.kernel.scorer import Scorer

__all__ = ["Scorer"]
