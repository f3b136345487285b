-- purpose: find leads that their owner is working on, or a person who had an answer from them
-- grain:   one row per lead and touch
-- reads:   activity, contact_attempt, lead    writes: temporary table eligible_lead_fact (appends)
-- params:  as_of, active_days
-- An owner alone says little: an old backlog is owned from end to end. Queues own nobody's time, and
-- what a system sends is nobody's work. Salesforce's ids of queues begin with 00G.
INSERT INTO eligible_lead_fact
WITH touch AS (
    SELECT lead_key, actor, actor_id, direction = 'out' OR channel = 'meeting' AS is_ours
    FROM activity
    WHERE "at" >= $as_of::TIMESTAMP - to_days($active_days) AND "at" < $as_of
        AND channel IN ('call', 'email', 'sms', 'meeting')
)
SELECT touch.lead_key, 31, r_owned_by_person(), 0
FROM touch
JOIN lead USING (lead_key)
WHERE lead.owner_id IS NOT NULL AND NOT starts_with(lead.owner_id, '00G')
    AND (touch.actor_id = lead.owner_id
        OR (touch.actor_id IS NULL AND touch.actor = 'human' AND touch.is_ours))
UNION ALL
SELECT lead_key, 31, r_owned_by_person(), 0
FROM contact_attempt
WHERE "at" >= $as_of::TIMESTAMP - to_days($active_days) AND "at" < $as_of
    AND handler = 'human' AND disposition IN ('replied', 'meeting') AND lead_key IS NOT NULL
