-- purpose: name the leads of which an attempt ended as a rule asks for
-- grain: one row per attempt
-- reads: contact_attempt    writes: nothing
-- parameters: $as_of, $days_{number}, $said_{number}, $by_{number} (null: either handler)
SELECT lead_key, $number_{number}::INTEGER AS number
FROM contact_attempt
WHERE list_contains($said_{number}::VARCHAR[], disposition)
    AND ($by_{number}::VARCHAR IS NULL OR handler = $by_{number})
    AND "at" >= $as_of::TIMESTAMP - to_days($days_{number}::INTEGER)
    AND "at" < $as_of::TIMESTAMP + INTERVAL 1 DAY
