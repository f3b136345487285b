-- purpose: name every contact point that a person has or had, and whether somebody else has it too
-- grain:   one row per contact point, folded
-- reads:   erased_lead (temporary), lead, lead_snapshot
-- writes:  temporary table person_point
-- params:  role_names: local parts of addresses that are a desk's and nobody's own
CREATE OR REPLACE TEMP TABLE person_point AS
WITH held AS (
    SELECT lead_key, unnest([email_key, phone_e164, mobile_e164]) AS point FROM lead
    UNION ALL
    SELECT lead_key, unnest([email_key, phone_e164, mobile_e164]) FROM lead_snapshot
),
folded AS (
    SELECT lead_key, folded_key(point) AS point FROM held WHERE point IS NOT NULL
),
own AS (
    SELECT DISTINCT point FROM folded SEMI JOIN erased_lead USING (lead_key)
),
others AS (
    SELECT DISTINCT point FROM folded ANTI JOIN erased_lead USING (lead_key)
)
SELECT
    point,
    CASE WHEN contains(point, '@') THEN 'email' ELSE 'phone' END AS kind,
    point IN (SELECT point FROM others)
    OR (contains(point, '@') AND mail_local(point) IN (SELECT unnest($role_names::VARCHAR[])))
        AS is_shared
FROM own
ORDER BY point
