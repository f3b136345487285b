-- purpose: all leads of the persons of whom some lead is out
-- grain: one row per lead
-- reads: dedupe_link, bound_lead    writes: nothing
-- parameters: $keys, the leads that are out
WITH out AS (
    SELECT unnest($keys::BIGINT[]) AS lead_key
),
together AS (
    SELECT lead_key FROM out
    UNION
    SELECT other.lead_key
    FROM out
    JOIN bound_lead AS own USING (lead_key)
    JOIN bound_lead AS other ON other.reason = own.reason AND other.group_key = own.group_key
)
SELECT DISTINCT lead_key
FROM dedupe_link
WHERE person_key IN (SELECT person_key FROM dedupe_link SEMI JOIN together USING (lead_key))
