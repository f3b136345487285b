-- purpose: how contacts went that either handler made lately: passed on to a person, how soon, rated
-- grain: one row per measure, handler and kind of figure
-- reads: contact_attempt, dedupe_link    writes: nothing
-- parameters: $as_of, $days
-- Who was passed on waits until a person of ours tries them, whatever the AI does meanwhile.
WITH attempt AS (
    SELECT dedupe_link.person_key, attempt.handler, attempt."at", attempt.disposition,
        attempt.satisfaction
    FROM contact_attempt AS attempt
    JOIN dedupe_link USING (lead_key)
    WHERE attempt."at" >= $as_of::TIMESTAMP - to_days($days::INTEGER)
        AND attempt."at" < $as_of::TIMESTAMP + INTERVAL 1 DAY
),
passed_on AS (
    SELECT person_key, "at" FROM attempt WHERE disposition = 'escalated'
),
tried AS (
    SELECT person_key, "at" FROM attempt WHERE handler = 'human' AND disposition <> 'escalated'
),
wait AS (
    SELECT date_diff('second', passed_on."at", tried."at") / 60.0 AS minutes
    FROM passed_on
    ASOF LEFT JOIN tried
        ON tried.person_key = passed_on.person_key AND tried."at" >= passed_on."at"
)
SELECT 'escalated_share' AS measure, handler AS detail, count(DISTINCT person_key) AS people,
    count(DISTINCT person_key) FILTER (WHERE disposition = 'escalated')::DOUBLE
        / count(DISTINCT person_key) AS value
FROM attempt WHERE handler IS NOT NULL GROUP BY handler
UNION ALL
SELECT 'satisfaction', handler, count(satisfaction), avg(satisfaction)
FROM attempt WHERE handler IS NOT NULL AND satisfaction IS NOT NULL GROUP BY handler
UNION ALL
SELECT 'escalation_wait', 'median', count(minutes), quantile_cont(minutes, 0.5)
FROM wait HAVING count(*) > 0
UNION ALL
SELECT 'escalation_wait', 'p90', count(minutes), quantile_cont(minutes, 0.9)
FROM wait HAVING count(*) > 0
UNION ALL
SELECT 'escalation_wait', 'waiting still', count(*), NULL
FROM wait WHERE minutes IS NULL HAVING count(*) > 0
