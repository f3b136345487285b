-- purpose: keep who was drawn by lot tonight, for a place on the list or for a handler
-- grain: one row per listed person and lot
-- reads: listed, candidate, lead    writes: night_lot
-- parameters: $run_id, $places (people listed: as many of the newest leads would have been)
INSERT INTO night_lot BY NAME
WITH newest AS (
    SELECT min(created_at) AS since
    FROM (
        SELECT lead.created_at
        FROM candidate
        JOIN lead USING (lead_key)
        WHERE lead.created_at IS NOT NULL
        ORDER BY lead.created_at DESC
        LIMIT $places
    )
),
drawn AS (
    SELECT person_key, channel, handler, 'list' AS lot, propensity
    FROM listed WHERE propensity IS NOT NULL
    UNION ALL
    SELECT person_key, channel, handler, 'handler', handler_propensity
    FROM listed WHERE handler_propensity IS NOT NULL
)
SELECT
    $run_id AS run_id,
    candidate.lead_key,
    drawn.person_key,
    drawn.lot,
    drawn.propensity,
    drawn.channel,
    drawn.handler,
    coalesce(lead.created_at >= newest.since, false) AS is_newest
FROM drawn
JOIN candidate USING (person_key)
JOIN lead ON lead.lead_key = candidate.lead_key
CROSS JOIN newest
ORDER BY candidate.lead_key, drawn.lot
