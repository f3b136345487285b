"""What the labels of the store look like, source by source and year by year."""

from pipelines.store.schema.spec import Table, table

LABEL_AUDIT: Table = table(
    "label_audit",
    "One row per source, kind of label and year in which the leads were created: how many are"
    " positive, as of the last load",
    ("source_system", "VARCHAR", "slug of the system the leads came from"),
    ("label", "VARCHAR", "milestone that counts, or `label column` of a file with one"),
    ("created_year", "INTEGER", "year of created_at; null: leads without that date"),
    ("leads", "BIGINT", "leads"),
    ("judged", "BIGINT", "leads of which the outcome is known: the window is over, or a label"),
    ("positives", "BIGINT", "judged leads that reached the milestone within the window"),
    ("share", "DOUBLE", "positives of judged, 0 to 1; null where nothing is judged"),
    ("later", "BIGINT", "judged leads that reached it only after the window"),
    ("too_young", "BIGINT", "leads whose window is not over: neither positive nor negative"),
    ("undated", "BIGINT", "leads that reached it, nobody knows when: neither"),
    ("impossible", "BIGINT", "leads that reached it before the day they were created: neither"),
    ("horizon_days", "INTEGER", "days of the window, from the creation of the lead on"),
    ("data_end", "TIMESTAMP", "UTC; last event that the data knows of"),
)
