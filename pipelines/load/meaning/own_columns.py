"""Columns that this program writes into a CRM and that come back with the next export."""

from collections.abc import Collection, Sequence

from pipelines.load.meaning.kinds import CONSENT_FLAGS
from pipelines.settings.own_fields import own_field


def own_columns(headers: Sequence[str], claimed: Collection[str]) -> tuple[set[str], list[str]]:
    """Find the columns that are ours: kept nowhere, or a model would learn from its own lists.

    Parameters
    ----------
    claimed : collection of str
        Columns that a mapping or a preset has a use for; they are theirs.

    Returns
    -------
    set of str, list of str
        Our columns; the headers in which a no is looked for, which are all but those of ours that
        carry none.
    """
    ours = {header for header in headers if own_field(header) and header not in claimed}
    silent = {header for header in ours if own_field(header) not in CONSENT_FLAGS}
    return ours, [header for header in headers if header not in silent]
