"""Which leads are one person."""

from pipelines.identify.persons import IdentifyResult, identify

__all__ = ["IdentifyResult", "identify"]
