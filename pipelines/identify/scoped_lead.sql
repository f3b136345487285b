-- purpose: read what names the leads that are looked at
-- grain: one row per lead
-- reads: lead, identify_scope    writes: temp table scoped_lead
CREATE OR REPLACE TEMP TABLE scoped_lead AS
SELECT
    lead_key, source_system, source_id, merged_into_id, email_key, phone_e164, mobile_e164,
    first_name, last_name, full_name, company, city
FROM lead
SEMI JOIN identify_scope USING (lead_key)
