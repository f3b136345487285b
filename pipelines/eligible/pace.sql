-- purpose: name the persons who were approached too lately or too often to be approached again
-- grain:   one row per such person
-- reads:   activity, contact_attempt, dedupe_link, bound_lead, person, lead, cap_frame (registered:
--          country, state, attempts; the caps of 24 hours), eligible_callback
-- writes:  temporary table eligible_pace (person_key, bits, waived: channels on which the interval
--          does not hold)
-- params:  as_of, recontact_days, attempts_cap, lifetime_cap (0: none)
CREATE OR REPLACE TEMP TABLE eligible_pace AS
WITH per_lead AS (
    SELECT lead_key,
           max("at") AS approach_at,
           count(*) FILTER (WHERE "at" >= $as_of::TIMESTAMP - INTERVAL 24 HOUR) AS in_a_day,
           count(*) FILTER (WHERE "at" >= $as_of::TIMESTAMP - INTERVAL 365 DAY) AS in_a_year,
           count(*) AS ever
    FROM (
        SELECT lead_key, "at"
        FROM activity
        WHERE direction = 'out' AND channel IN ('call', 'email', 'sms', 'meeting')
        UNION ALL
        SELECT lead_key, "at" FROM contact_attempt
    ) AS approach
    WHERE "at" < $as_of
        -- without a cap on all of them, those of long ago need not be counted
        AND ($lifetime_cap > 0
            OR "at" >= $as_of::TIMESTAMP - to_days(greatest($recontact_days, 365)::INTEGER))
    GROUP BY lead_key
),
-- Most people are one lead, and what one lead comes to is known here.
several AS (
    SELECT dedupe_link.lead_key
    FROM dedupe_link
    JOIN person USING (person_key)
    WHERE person.lead_count > 1
    UNION
    SELECT lead_key FROM bound_lead
),
known AS (
    SELECT dedupe_link.person_key, per_lead.*
    FROM per_lead
    JOIN dedupe_link USING (lead_key)
    WHERE per_lead.lead_key IN (SELECT lead_key FROM several)
),
-- Who was one person with the lead then was approached too, whoever they are by now.
counted AS (
    SELECT person_key, approach_at, in_a_day, in_a_year, ever FROM known
    UNION ALL
    SELECT lead_key AS person_key, approach_at, in_a_day, in_a_year, ever
    FROM per_lead
    WHERE (approach_at >= $as_of::TIMESTAMP - to_days($recontact_days)
            OR in_a_year >= $attempts_cap
            OR in_a_day >= (SELECT min(attempts) FROM cap_frame)
            OR ($lifetime_cap > 0 AND ever >= $lifetime_cap))
        AND lead_key NOT IN (SELECT lead_key FROM several)
    UNION ALL
    SELECT person_key, approach_at, in_a_day, in_a_year, ever
    FROM (
        SELECT DISTINCT theirs.person_key, known.lead_key, known.approach_at, known.in_a_day,
               known.in_a_year, known.ever
        FROM known
        JOIN bound_lead AS own ON own.lead_key = known.lead_key
        JOIN bound_lead AS other ON other.reason = own.reason AND other.group_key = own.group_key
        JOIN dedupe_link AS theirs ON theirs.lead_key = other.lead_key
        WHERE theirs.person_key <> known.person_key
    )
),
approached AS (
    SELECT person_key, max(approach_at) AS approach_at, sum(in_a_day) AS in_a_day,
           sum(in_a_year) AS in_a_year, sum(ever) AS ever
    FROM counted
    GROUP BY person_key
),
-- every cap that holds where the person may be binds: of an unknown state, those of any state
capped AS (
    SELECT DISTINCT approached.person_key
    FROM approached
    JOIN person USING (person_key)
    JOIN lead ON lead.lead_key = person.representative_lead_key
    JOIN cap_frame AS cap
        ON approached.in_a_day >= cap.attempts
        AND (cap.country IS NULL OR (cap.country = lead.country
            AND (cap.state IS NULL OR coalesce(lead.state_code, cap.state) = cap.state)))
    WHERE approached.in_a_day >= (SELECT min(attempts) FROM cap_frame)
)
SELECT person_key,
       bit_if(approach_at >= $as_of::TIMESTAMP - to_days($recontact_days), r_recontact_interval())
       | bit_if(in_a_year >= $attempts_cap OR capped.person_key IS NOT NULL, r_frequency_cap())
       | bit_if($lifetime_cap > 0 AND ever >= $lifetime_cap, r_lifetime_attempts()) AS bits,
       coalesce(callback.waived, 0) AS waived
FROM approached
LEFT JOIN capped USING (person_key)
LEFT JOIN eligible_callback AS callback USING (person_key)
WHERE approach_at >= $as_of::TIMESTAMP - to_days($recontact_days) OR in_a_year >= $attempts_cap
    OR capped.person_key IS NOT NULL OR ($lifetime_cap > 0 AND ever >= $lifetime_cap)
