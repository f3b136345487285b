-- purpose: name the persons who were approached too lately or too often to be approached again
-- grain:   one row per such person
-- reads:   activity, contact_attempt, dedupe_link, bound_lead    writes: temporary table eligible_pace
-- params:  as_of, recontact_days, attempts_cap
CREATE OR REPLACE TEMP TABLE eligible_pace AS
WITH approach AS (
    SELECT lead_key, "at"
    FROM activity
    WHERE direction = 'out' AND channel IN ('call', 'email', 'sms', 'meeting')
    UNION ALL
    SELECT lead_key, "at" FROM contact_attempt
),
recent AS (
    SELECT dedupe_link.person_key, approach.lead_key, approach."at"
    FROM approach
    JOIN dedupe_link USING (lead_key)
    WHERE approach."at" < $as_of
        AND approach."at" >= $as_of::TIMESTAMP - to_days(greatest($recontact_days, 365)::INTEGER)
),
-- Who was one person with the lead then was approached too, whoever they are by now.
counted AS (
    SELECT person_key, "at" FROM recent
    UNION ALL
    SELECT DISTINCT theirs.person_key, recent."at"
    FROM recent
    JOIN bound_lead AS own ON own.lead_key = recent.lead_key
    JOIN bound_lead AS other ON other.reason = own.reason AND other.group_key = own.group_key
    JOIN dedupe_link AS theirs ON theirs.lead_key = other.lead_key
    WHERE theirs.person_key <> recent.person_key
),
approached AS (
    SELECT person_key,
           max("at") AS approach_at,
           count(*) FILTER (WHERE "at" >= $as_of::TIMESTAMP - INTERVAL 365 DAY) AS approaches
    FROM counted
    GROUP BY person_key
)
SELECT person_key,
       bit_if(approach_at >= $as_of::TIMESTAMP - to_days($recontact_days), r_recontact_interval())
       | bit_if(approaches >= $attempts_cap, r_frequency_cap()) AS bits
FROM approached
WHERE approach_at >= $as_of::TIMESTAMP - to_days($recontact_days) OR approaches >= $attempts_cap
