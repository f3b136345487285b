-- purpose: name the leads that share a number which may belong to one person
-- grain: one row per lead and number
-- reads: shared_lead, spelt_first, spelt_last    writes: temp table number_member
CREATE OR REPLACE TEMP TABLE number_member AS
WITH held AS (
    SELECT mobile_id AS number_id, true AS is_mobile, lead_key, first_text, last_text
    FROM shared_lead
    WHERE mobile_id IS NOT NULL
    UNION ALL
    SELECT phone_id, false, lead_key, first_text, last_text
    FROM shared_lead
    WHERE phone_id IS NOT NULL AND phone_id IS DISTINCT FROM mobile_id
)
SELECT number_id, lead_key, is_mobile, first_name, bare(first_name) AS bare_first, last_name
FROM held
LEFT JOIN spelt_first USING (first_text)
LEFT JOIN spelt_last USING (last_text)
