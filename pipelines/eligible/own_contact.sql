-- purpose: date the last time each lead came to us
-- grain:   one row per lead that ever did before as_of
-- reads:   activity, contact_attempt    writes: temporary table eligible_own_contact
-- params:  as_of
CREATE OR REPLACE TEMP TABLE eligible_own_contact AS
SELECT lead_key, max("at") AS own_at
FROM (
    SELECT lead_key, "at" FROM activity WHERE direction = 'in'
    UNION ALL
    SELECT lead_key, "at" FROM contact_attempt WHERE disposition IN ('replied', 'meeting')
) AS touch
WHERE "at" < $as_of AND lead_key IS NOT NULL
GROUP BY lead_key
