-- purpose: name who was tried lately without a final answer, and may be tried again tonight
-- grain: one row per person
-- reads: contact_attempt, dedupe_link, candidate, past_listed, run    writes: nothing
-- parameters: $as_of, $days
-- The recontact interval closes people before they come here; who asked to be called again is first.
WITH tried AS (
    SELECT
        dedupe_link.person_key,
        attempt.channel,
        attempt.handler,
        attempt.disposition,
        coalesce(attempt.disposition IN (
            'sent', 'delivered', 'opened', 'no_answer', 'answered', 'callback_at'
        ), false) AS is_open,
        attempt."at",
        attempt.attempt_id
    FROM contact_attempt AS attempt
    JOIN dedupe_link USING (lead_key)
    SEMI JOIN candidate USING (person_key)
    WHERE attempt."at" < $as_of::TIMESTAMP
        AND attempt."at" >= $as_of::TIMESTAMP - to_days($days::INTEGER)
),
newest AS (
    -- one attempt is read whole; of several at one instant the one that ends the sequence
    SELECT
        person_key,
        arg_max(
            {
                'channel': channel,
                'handler': handler,
                'disposition': disposition,
                'is_open': is_open,
                'at': "at"
            },
            {'at': "at", 'is_final': NOT is_open, 'id': attempt_id}
        ) AS attempt
    FROM tried
    GROUP BY person_key
),
worked AS (
    SELECT dedupe_link.person_key, past.channel, arg_max(past.assignee, run.as_of) AS assignee
    FROM past_listed AS past
    JOIN run USING (run_id)
    JOIN dedupe_link USING (lead_key)
    SEMI JOIN newest ON newest.person_key = dedupe_link.person_key
    WHERE past.assignee IS NOT NULL
    GROUP BY dedupe_link.person_key, past.channel
)
SELECT
    newest.person_key,
    newest.attempt.channel,
    newest.attempt.handler,
    newest.attempt.disposition = 'callback_at' AS is_callback,
    newest.attempt."at" AS tried_at,
    any_value(worked.assignee) AS assignee
FROM newest
LEFT JOIN worked
    ON worked.person_key = newest.person_key AND worked.channel = newest.attempt.channel
WHERE newest.attempt.is_open
GROUP BY ALL
ORDER BY is_callback DESC, newest.person_key
