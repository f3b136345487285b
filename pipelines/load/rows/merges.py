"""Which leads a record says it has absorbed: HubSpot names them on the contact that is left."""

import polars as pl

from pipelines.load.batches.tables import SCHEMAS
from pipelines.load.normalise.ids import lead_ids
from pipelines.load.rows.context import Context, stamp


def merge_rows(good: pl.DataFrame, key: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one row per lead that a record names as merged into its own.

    Parameters
    ----------
    good : pl.DataFrame
        The raw records.
    key : pl.DataFrame
        Their ``row_number`` and ``source_id``.

    Returns
    -------
    pl.DataFrame
        Rows of the table ``lead_merge``. A list may name the record itself (``hs_all_contact_vids``
        does), which says nothing, and a time after each id (``hs_calculated_merged_vids``).
    """
    preset = context.plan.preset
    is_salesforce = preset is not None and preset.name == "salesforce"
    ids = pl.col("merged_ids").str.extract_all(r"[^\s;,|\[\]\"']+")
    named = (
        key.select("row_number", master_id="source_id")
        .hstack([context.cells(good, "merged_ids")])
        .filter(pl.col("merged_ids").is_not_null())
        .select("row_number", "master_id", ids.alias("absorbed_id"))
        .explode("absorbed_id")
        .with_columns(pl.col("absorbed_id").str.replace(r":[0-9]+$", ""))
    )
    named = named.with_columns(lead_ids(named["absorbed_id"], is_salesforce=is_salesforce))
    named = named.filter(pl.col("absorbed_id") != pl.col("master_id")).with_columns(*stamp(context))
    schema = SCHEMAS["lead_merge"]
    return named.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
