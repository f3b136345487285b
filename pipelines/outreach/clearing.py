"""What a row needs beside a clean record: an open call window and, from an AI, its disclosure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipelines.outreach.clearance import Clearance
from pipelines.outreach.windows import CallWindows
from pipelines.settings.channels import region_of
from pipelines.settings.disclosures import FORM_OF, Disclosures, Sender, is_told_by_ai
from pipelines.settings.policy import PolicyTable


class Clearing:
    """Asked at the moment of a claim with what a row leaves; keep one, it remembers days.

    Parameters
    ----------
    policy : PolicyTable
        Its windows and zones.
    disclosures, sender : Disclosures, Sender
        What an AI tells, and in whose name.
    """

    def __init__(self, policy: PolicyTable, disclosures: Disclosures, sender: Sender) -> None:
        self._windows = CallWindows(policy)
        self._disclosures = disclosures
        self._ids = {
            (text.language, text.form): text.disclosure_id for text in disclosures.told(sender)
        }

    def __call__(self, row: Mapping[str, Any], at: datetime) -> Clearance | None:
        """Return what the row leaves with at `at` (UTC, naive); None: it stays for now.

        Parameters
        ----------
        row : mapping
            channel, handler, language and what `CallWindows.window` reads.
        """
        told = None
        if is_told_by_ai(row["channel"], row["handler"]):
            told = self.disclosure(row)
            if told is None:
                return None
        window = self._windows.window(row, at)
        return None if window is None else Clearance(*window, told)

    def disclosure(self, row: Mapping[str, Any]) -> str | None:
        """Return the text for a row, in the first of its languages that has one; None: none has."""
        country = row["country"] or ""
        region, state = region_of(country), row["state_code"]
        if state:
            state = f"{region}-{state.partition('-')[2]}"
        form = FORM_OF[row["channel"]]
        for language in self._disclosures.languages(row["language"], region, state):
            found = self._ids.get((language, form))
            if found is not None:
                return found
        return None
