-- purpose: find the phone numbers that several leads have, in either field
-- grain: one row per number
-- reads: scoped_lead    writes: temp table number_group
CREATE OR REPLACE TEMP TABLE number_group AS
SELECT number, count(*) AS leads
FROM (
    SELECT phone_e164 AS number FROM scoped_lead WHERE phone_e164 IS NOT NULL
    UNION ALL
    SELECT mobile_e164 FROM scoped_lead
    WHERE mobile_e164 IS NOT NULL AND mobile_e164 IS DISTINCT FROM phone_e164
)
GROUP BY number
HAVING count(*) > 1
