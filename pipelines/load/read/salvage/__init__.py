"""Broken CSV records recovered where one repair fits the rest of the file; each is marked."""

from pipelines.load.read.salvage.recover import salvage_records
from pipelines.load.read.salvage.repair import Repair

__all__ = ["Repair", "salvage_records"]
