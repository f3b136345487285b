"""Activities that have not happened: open tasks, meetings called off, e-mails not sent.

They stay activities, and are no contact: a call that somebody means to make is no call.
"""

import polars as pl

# Salesforce tasks; HubSpot tasks, meetings, calls and e-mails, by code and by label.
_NOT_YET = (
    "not started|in progress|waiting|waiting on someone else|deferred|open|planned|pending|to do"
    "|canceled|cancelled|rescheduled|queued|failed|ringing|connecting|calling crm user|sending"
    "|nicht begonnen|nicht gestartet|in bearbeitung|zuruckgestellt|wartet|geplant|storniert"
    "|abgesagt|non demarre|en cours|differe|reporte|annule|no iniciada|en curso|aplazada"
    "|cancelada|non iniziata|in corso|differita|annullata|niet gestart|uitgesteld|geannuleerd"
)
# An e-mail that is to be sent; a meeting that is to be held may long be over.
_TO_BE_SENT = "scheduled"


def unfinished(frame: pl.DataFrame) -> pl.Series:
    """Tell which activities have not happened. Boolean, never null.

    Parameters
    ----------
    frame : pl.DataFrame
        ``progress`` and ``channel`` (Utf8), ``is_done`` (Boolean or null), which decides where it
        says anything.
    """
    words = frame["progress"].drop_nulls().unique()
    bare = (
        words.str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.replace_all(r"[^a-z]+", " ")
        .str.strip_chars()
    )
    open_ = words.filter(bare.is_in(_NOT_YET.split("|")))
    to_be_sent = words.filter(bare == _TO_BE_SENT)
    said = pl.col("progress").is_in(open_.implode())
    said |= pl.col("progress").is_in(to_be_sent.implode()) & (pl.col("channel") == "email")
    return frame.select(
        pl.coalesce(~pl.col("is_done"), said).fill_null(value=False).alias("unfinished")
    )["unfinished"]
