"""Batches of leads in, scores out: one streaming pass in bounded memory."""

from pipelines.score.stream import ScoreCounts, score_batches

__all__ = ["ScoreCounts", "score_batches"]
