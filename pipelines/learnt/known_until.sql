-- purpose: find the last moment that the data tells of what became of people
-- grain: one row
-- reads: activity, contact_attempt, outcome    writes: nothing
-- parameters: $as_of: later times are due dates or typing errors
SELECT max(known_at) FILTER (known_at < $as_of::TIMESTAMP)
FROM (
    SELECT max("at") FILTER ("at" < $as_of::TIMESTAMP) AS known_at FROM activity
    UNION ALL
    SELECT max("at") FILTER ("at" < $as_of::TIMESTAMP) FROM contact_attempt
    UNION ALL
    SELECT max(occurred_at) FILTER (occurred_at < $as_of::TIMESTAMP) FROM outcome
)
