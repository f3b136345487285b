-- purpose: name the leads with whom a person of ours spoke lately
-- grain: one row per conversation
-- reads: activity, contact_attempt    writes: nothing
-- parameters: $as_of, $days_{number}, $seconds_{number}, $said_{number} (results in lower case)
-- Who did it is not always exported: of a meeting or a call it was a person then.
SELECT lead_key, $number_{number}::INTEGER AS number
FROM activity
WHERE "at" >= $as_of::TIMESTAMP - to_days($days_{number}::INTEGER)
    AND "at" < $as_of::TIMESTAMP + INTERVAL 1 DAY
    AND coalesce(actor, 'human') = 'human'
    AND (channel = 'meeting' OR (channel = 'call' AND (
        direction = 'in'
        OR duration_s >= $seconds_{number}
        OR list_contains($said_{number}::VARCHAR[], lower(trim(result)))
    )))
UNION ALL
SELECT lead_key, $number_{number}::INTEGER AS number
FROM contact_attempt
WHERE handler = 'human'
    AND disposition IN ('answered', 'replied', 'meeting', 'callback_at', 'escalated')
    AND "at" >= $as_of::TIMESTAMP - to_days($days_{number}::INTEGER)
    AND "at" < $as_of::TIMESTAMP + INTERVAL 1 DAY
