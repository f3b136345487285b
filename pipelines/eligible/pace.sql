-- purpose: name the persons who were approached too lately or too often to be approached again
-- grain:   one row per such person
-- reads:   activity, contact_attempt, dedupe_link    writes: temporary table eligible_pace
-- params:  as_of, recontact_days, attempts_cap
CREATE OR REPLACE TEMP TABLE eligible_pace AS
WITH approach AS (
    SELECT lead_key, "at"
    FROM activity
    WHERE direction = 'out' AND channel IN ('call', 'email', 'sms', 'meeting')
    UNION ALL
    SELECT lead_key, "at" FROM contact_attempt
),
approached AS (
    SELECT dedupe_link.person_key,
           max(approach."at") AS approach_at,
           count(*) FILTER (
               WHERE approach."at" >= $as_of::TIMESTAMP - INTERVAL 365 DAY) AS approaches
    FROM approach
    JOIN dedupe_link USING (lead_key)
    WHERE approach."at" < $as_of
        AND approach."at" >= $as_of::TIMESTAMP - to_days(greatest($recontact_days, 365)::INTEGER)
    GROUP BY dedupe_link.person_key
)
SELECT person_key,
       bit_if(approach_at >= $as_of::TIMESTAMP - to_days($recontact_days), r_recontact_interval())
       | bit_if(approaches >= $attempts_cap, r_frequency_cap()) AS bits
FROM approached
WHERE approach_at >= $as_of::TIMESTAMP - to_days($recontact_days) OR approaches >= $attempts_cap
