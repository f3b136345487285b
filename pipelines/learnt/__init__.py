"""What lists have taught: estimates of the past nights, and who is kept to compare with."""

from pipelines.learnt.estimates import learn
from pipelines.learnt.handlers import Doubt, Settled
from pipelines.learnt.matching import held_back, match_control, set_control_aside

__all__ = ["Doubt", "Settled", "held_back", "learn", "match_control", "set_control_aside"]
