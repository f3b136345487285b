-- purpose: name who asked to be contacted again, and when that is: from then on the recontact
--          interval does not hold them back on the channel they asked on, nor for a person who calls
-- grain:   one row per person to whom nobody has come back yet
-- reads:   contact_attempt, activity, dedupe_link, bound_lead
-- writes:  temporary table eligible_callback (person_key, waived: a set of channels)
-- params:  as_of. What is for a later day closes every channel: lead_fact.sql
-- A list holds for a day, so what comes due on that day is due: the claim waits for the hour.
CREATE OR REPLACE TEMP TABLE eligible_callback AS
WITH asked AS (
    SELECT dedupe_link.person_key, attempt."at" AS asked_at, channel_bit.one
    FROM contact_attempt AS attempt
    JOIN dedupe_link USING (lead_key)
    JOIN (VALUES ('email', 1), ('phone', 2), ('ai_voice', 4), ('sms', 8), ('mail', 16))
        AS channel_bit (channel, one)
        ON channel_bit.channel IN (attempt.channel, 'phone')
    WHERE attempt.disposition = 'callback_at' AND attempt."at" < $as_of
        AND attempt.callback_at > attempt."at"
        AND attempt.callback_at < $as_of::TIMESTAMP + INTERVAL 1 DAY
),
newest AS (
    SELECT person_key, one, max(asked_at) AS asked_at FROM asked GROUP BY person_key, one
),
own AS (
    SELECT person_key, lead_key FROM dedupe_link SEMI JOIN newest USING (person_key)
),
-- whoever was one person with them counts as they do for the interval
kin AS (
    SELECT person_key, lead_key FROM own
    UNION
    SELECT own.person_key, other.lead_key
    FROM own
    JOIN bound_lead AS bound USING (lead_key)
    JOIN bound_lead AS other ON other.reason = bound.reason AND other.group_key = bound.group_key
),
approach AS (
    SELECT kin.person_key, max(touch."at") AS approach_at
    FROM (
        SELECT lead_key, "at"
        FROM activity
        WHERE direction = 'out' AND channel IN ('call', 'email', 'sms', 'meeting')
        UNION ALL
        SELECT lead_key, "at" FROM contact_attempt
    ) AS touch
    JOIN kin USING (lead_key)
    WHERE touch."at" < $as_of
    GROUP BY kin.person_key
)
SELECT newest.person_key, bit_or(newest.one) AS waived
FROM newest
JOIN approach USING (person_key)
-- who was approached since they asked has been come back to
WHERE approach.approach_at <= newest.asked_at
GROUP BY newest.person_key
