"""Leads for tests of identification: few keys, so that they meet."""

import polars as pl
from hypothesis import strategies as st

from tests.pipelines.plain import insert_plain

TEXT = (
    "source_system", "source_id", "merged_into_id", "email_key", "phone_e164", "mobile_e164",
    "first_name", "last_name", "full_name", "title", "company", "street", "city", "postal_code",
    "batch_id",
)  # fmt: skip
LEAD = st.fixed_dictionaries(
    {
        "email_key": st.sampled_from(
            [
                None,
                "a@x.example",
                "b@x.example",
                "c@x.example",
                "info@x.example",
                "test+1@x.example",
                "a+2@x.example",
                "a@y.example",
            ]
        ),
        "phone_e164": st.sampled_from([None, "+15550001", "+15550002", "+4930000000"]),
        "mobile_e164": st.sampled_from([None, None, "+15550002", "+15550003"]),
        "first_name": st.sampled_from(
            [None, "José", "Jose", "J.", "Joan", "Paul", "Paula", "Mary", "Smith", "Test", "李", ""]
        ),
        "last_name": st.sampled_from(
            [None, "Smith", "SMITH", "Jones", "Jose", "Smith Jr", "Smith Sr."]
        ),
        "company": st.sampled_from([None, "Acme", "ACME!", "Other", "Self", "Жук", "ЖУК"]),
        "city": st.sampled_from([None, "Ghent", "Lille"]),
        "merged_into_id": st.sampled_from([None, None, None, "s1", "s2"]),
    }
)


def lead(key, **values):
    """Return one lead; what is not given is missing."""
    base = dict.fromkeys(TEXT) | {"source_system": "crm", "source_id": f"s{key}"}
    return base | {"lead_key": key} | values


def insert(db, leads):
    """Add leads to the store."""
    schema = {"lead_key": pl.Int64, **dict.fromkeys(TEXT, pl.String)}
    insert_plain(db, "lead", pl.DataFrame(leads, schema=schema))


def stored(db):
    """Return everything that identification derives from the leads, lineage aside."""
    return {
        "link": db.frame("SELECT * FROM dedupe_link ORDER BY ALL").rows(),
        "person": db.frame("SELECT * FROM person ORDER BY ALL").rows(),
        "edge": db.frame("SELECT * FROM dedupe_edge ORDER BY ALL").rows(),
        "point": db.frame("SELECT * FROM shared_point ORDER BY ALL").rows(),
        "cluster": db.frame(
            "SELECT reason, group_key, lead_key FROM bound_lead WHERE reason <> 'split'"
            " ORDER BY ALL"
        ).rows(),
    }
