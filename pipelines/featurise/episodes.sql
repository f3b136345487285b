-- purpose: find the days on which a lead was contacted after a pause
-- grain: one row per episode; its first outbound contact has none in the horizon_days before it
-- reads: activity, contact_attempt, lead
-- writes: training_candidate (temporary)
-- parameters: $horizon_days; $as_of: nothing at or after it is read
CREATE OR REPLACE TEMP TABLE training_candidate AS
WITH contact AS (
    SELECT lead_key, "at" AS contacted_at
    FROM activity
    WHERE direction = 'out' AND channel IN ('call', 'email', 'sms', 'meeting')
    UNION ALL
    SELECT lead_key, "at" FROM contact_attempt
),
spaced AS (
    SELECT
        contact.lead_key,
        contact.contacted_at,
        lag(contact.contacted_at) OVER (PARTITION BY contact.lead_key ORDER BY contact.contacted_at) AS previous_at
    FROM contact
    JOIN lead ON lead.lead_key = contact.lead_key AND lead.is_dated
    WHERE contact.contacted_at < $as_of::TIMESTAMP
)
SELECT lead_key, date_trunc('day', contacted_at)::TIMESTAMP AS as_of
FROM spaced
WHERE previous_at IS NULL OR previous_at < contacted_at - to_days($horizon_days)
