-- purpose: name who was tried lately without a final answer, and may be tried again tonight
-- grain: one row per person
-- reads: contact_attempt, dedupe_link, candidate    writes: nothing
-- parameters: $as_of, $days
-- The recontact interval closes people before they come here; who asked to be called again is first.
SELECT
    dedupe_link.person_key,
    arg_max(attempt.channel, attempt."at") AS channel,
    arg_max(attempt.handler, attempt."at") AS handler,
    arg_max(attempt.disposition, attempt."at") = 'callback_at' AS is_callback,
    max(attempt."at") AS tried_at
FROM contact_attempt AS attempt
JOIN dedupe_link USING (lead_key)
SEMI JOIN candidate USING (person_key)
WHERE attempt."at" < $as_of::TIMESTAMP
    AND attempt."at" >= $as_of::TIMESTAMP - to_days($days::INTEGER)
GROUP BY dedupe_link.person_key
HAVING arg_max(attempt.disposition, attempt."at")
    IN ('sent', 'delivered', 'opened', 'no_answer', 'answered', 'callback_at')
ORDER BY is_callback DESC, person_key
