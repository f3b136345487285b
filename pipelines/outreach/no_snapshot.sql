-- purpose: stand in for the history of leads where the store of an earlier version has none
-- grain: none
-- reads: nothing    writes: temporary table lead_snapshot
CREATE OR REPLACE TEMP TABLE lead_snapshot (
    lead_key BIGINT,
    email_key VARCHAR,
    email_domain VARCHAR,
    phone_e164 VARCHAR,
    mobile_e164 VARCHAR
)
