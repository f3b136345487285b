-- purpose: how many of the last e-mails of each handler bounced, or were complained of
-- grain: one row per handler that has mailed since it was last judged
-- reads: contact_attempt, meta    writes: nothing
-- parameters: $last (attempts looked back on), $key (of meta, before the handler), $as_of
WITH recent AS (
    SELECT
        attempt.handler,
        attempt.disposition,
        attempt."at",
        row_number() OVER (
            PARTITION BY attempt.handler ORDER BY attempt."at" DESC, attempt.attempt_id
        ) AS place
    FROM contact_attempt AS attempt
    LEFT JOIN meta ON meta.key = $key || attempt.handler
    WHERE attempt.channel = 'email' AND attempt.handler IS NOT NULL
        -- a date to come is a mistake, and would hide everything until then
        AND attempt."at" < $as_of::TIMESTAMP + INTERVAL 1 DAY
        -- what a pause was made for is not held against the campaign a second time
        AND (meta.value IS NULL OR attempt."at" > meta.value::TIMESTAMP)
)
SELECT
    handler,
    count(*) AS attempts,
    count(*) FILTER (WHERE disposition = 'bounced') AS bounces,
    count(*) FILTER (WHERE disposition = 'complaint') AS complaints,
    max("at") AS newest
FROM recent
WHERE place <= $last
GROUP BY handler
ORDER BY handler
