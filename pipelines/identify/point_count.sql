-- purpose: count who holds the contact points of changed leads, and those that needed care before
-- grain: one row per contact point that anybody holds
-- reads: lead, identify_changed, shared_point    writes: temp table identify_count
-- parameters: $max_leads
-- A changed lead may have left a point, and only the person it was in tells which. That is not so
-- for a point that joined nobody: all of these are counted anew.
CREATE OR REPLACE TEMP TABLE identify_count AS
WITH changed AS (
    SELECT email_key, phone_e164, mobile_e164 FROM lead SEMI JOIN identify_changed USING (lead_key)
),
email AS (
    SELECT email_key AS point FROM changed WHERE email_key IS NOT NULL
    UNION SELECT point FROM shared_point WHERE kind = 'email'
),
number AS (
    SELECT phone_e164 AS point FROM changed WHERE phone_e164 IS NOT NULL
    UNION SELECT mobile_e164 FROM changed WHERE mobile_e164 IS NOT NULL
    UNION SELECT point FROM shared_point WHERE kind = 'phone'
),
counted AS (
    SELECT 'email' AS kind, email_key AS point, count(*) AS leads
    FROM lead
    WHERE email_key IN (SELECT point FROM email)
    GROUP BY email_key
    UNION ALL
    SELECT 'phone', point, sum(leads)::BIGINT
    FROM (
        SELECT phone_e164 AS point, count(*) AS leads
        FROM lead
        WHERE phone_e164 IN (SELECT point FROM number)
        GROUP BY phone_e164
        UNION ALL
        SELECT mobile_e164, count(*)
        FROM lead
        WHERE mobile_e164 IN (SELECT point FROM number)
            AND mobile_e164 IS DISTINCT FROM phone_e164
        GROUP BY mobile_e164
    )
    GROUP BY point
)
SELECT counted.*,
       counted.leads > $max_leads AS is_crowded,
       -- crowded before and after: it joined nobody and joins nobody
       NOT (counted.leads > $max_leads AND coalesce(stored.reason = 'crowded', false)) AS is_touched
FROM counted
LEFT JOIN shared_point AS stored USING (kind, point)
