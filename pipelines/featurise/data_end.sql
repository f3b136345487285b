-- purpose: find the last moment that the data knows of
-- grain: one row
-- reads: activity, contact_attempt, outcome, lead    writes: nothing (data_end)
-- parameters: $as_of: later times are due dates or typing errors and count for nothing
SELECT max(known_at) FILTER (known_at < $as_of::TIMESTAMP) AS data_end
FROM (
    SELECT "at" AS known_at FROM activity
    UNION ALL
    SELECT "at" FROM contact_attempt
    UNION ALL
    SELECT occurred_at FROM outcome
    UNION ALL
    SELECT created_at FROM lead WHERE is_dated
) AS known
