-- purpose: how soon whoever came to us was first tried
-- grain: one row per kind of figure; none where nobody came
-- reads: activity, contact_attempt, dedupe_link    writes: nothing
-- parameters: $as_of, $days
-- Of messages without an answer between them the first counts; calls and mails that only the CRM
-- knows of are answers too.
WITH came AS (
    SELECT dedupe_link.person_key, activity."at"::TIMESTAMP AS "at"
    FROM activity
    JOIN dedupe_link USING (lead_key)
    WHERE activity.direction = 'in'
        AND activity.channel IN ('call', 'email', 'sms', 'meeting', 'form')
        AND activity."at" >= $as_of::TIMESTAMP - to_days($days::INTEGER)
        AND activity."at" < $as_of::TIMESTAMP + INTERVAL 1 DAY
),
tried AS (
    SELECT dedupe_link.person_key, touch."at"
    FROM (
        SELECT lead_key, "at" FROM contact_attempt
        UNION ALL
        SELECT lead_key, "at"::TIMESTAMP FROM activity
        WHERE direction = 'out' AND channel IN ('call', 'email', 'sms', 'meeting')
    ) AS touch
    JOIN dedupe_link USING (lead_key)
    SEMI JOIN came USING (person_key)
    WHERE touch."at" >= $as_of::TIMESTAMP - to_days($days::INTEGER)
),
answered AS (
    SELECT came.person_key, came."at", tried."at" AS first_at
    FROM came
    ASOF LEFT JOIN tried ON tried.person_key = came.person_key AND tried."at" >= came."at"
),
wait AS (
    SELECT date_diff('second', min("at"), first_at) / 60.0 AS minutes
    FROM answered
    GROUP BY person_key, first_at
)
SELECT 'speed_to_lead' AS measure, 'median' AS detail, count(minutes) AS people,
    quantile_cont(minutes, 0.5) AS value
FROM wait HAVING count(*) > 0
UNION ALL
SELECT 'speed_to_lead', 'p90', count(minutes), quantile_cont(minutes, 0.9)
FROM wait HAVING count(*) > 0
UNION ALL
SELECT 'speed_to_lead', 'waiting still', count(*), NULL
FROM wait WHERE minutes IS NULL HAVING count(*) > 0
