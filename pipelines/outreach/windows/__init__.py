"""Call windows: a row for a call or a text is handed out only while its person may be called."""

from pipelines.outreach.windows.opening import CallWindows
from pipelines.outreach.windows.places import zones_of_number

__all__ = ["CallWindows", "zones_of_number"]
