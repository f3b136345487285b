-- purpose: name the leads whose language the AI does not speak
-- grain: one row per lead
-- reads: lead    writes: nothing
-- parameters: $unspoken_{number}, languages as they are written
SELECT lead_key, $number_{number}::INTEGER AS number
FROM lead
WHERE list_contains($unspoken_{number}::VARCHAR[], language)
