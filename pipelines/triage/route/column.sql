-- purpose: name the leads of which a column says what a rule asks for
-- grain: one row per lead
-- reads: {table} with the column {cell}    writes: nothing
-- parameters: those of {condition}
SELECT lead_key, $number_{number}::INTEGER AS number
FROM (SELECT lead_key, lower(trim({cell}::VARCHAR)) AS cell FROM {table})
WHERE {condition}
