-- purpose: the weeks of the activity report that a summary shows
-- grain: one row per week, channel and handler; of two weeks at most
-- reads: activity_report    writes: nothing
-- parameters: $as_of
WITH shown AS (
    SELECT max(week) AS week FROM activity_report
    UNION
    SELECT max(week) FROM activity_report WHERE complete_on <= $as_of::DATE
)
SELECT
    strftime(week, '%Y-%m-%d') AS week,
    max(complete_on) <= $as_of::DATE AS is_complete,
    channel,
    handler,
    sum(attempts)::BIGINT AS attempts,
    sum(contacts)::BIGINT AS contacts,
    sum(bounced)::BIGINT AS bounced,
    sum(opted_out)::BIGINT AS opted_out,
    sum(complaint)::BIGINT AS complaint,
    sum(conversions)::BIGINT AS conversions,
    any_value(horizon_days) AS horizon_days
FROM activity_report
JOIN shown USING (week)
GROUP BY week, channel, handler
ORDER BY week DESC, channel, handler
