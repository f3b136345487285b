-- purpose: say whom the AI and people contacted, who answered well, and whose handler was drawn
-- grain: one row per person listed and night, contacted as planned or given a handler by lot
-- reads: past_listed, run, dedupe_link, night_lot, contact_attempt, outcome    writes: nothing
-- parameters: $since (first logical date), $as_of, $response_days
-- A good answer is a reply, meeting, callback or milestone within the days, and no refusal.
-- An era is a time of the same settings and model: who is given to whom changes with either.
WITH made AS (
    SELECT
        run_id, as_of, night,
        concat_ws('/', config_hash, model_id)
            IS DISTINCT FROM lag(concat_ws('/', config_hash, model_id)) OVER by_night AS is_other
    FROM run
    WHERE night > 0 AND as_of >= $since::TIMESTAMP
        AND as_of + to_days($response_days) <= $as_of::TIMESTAMP
    WINDOW by_night AS (ORDER BY as_of, night)
),
night AS (
    SELECT run_id, as_of, count(*) FILTER (WHERE is_other) OVER (ORDER BY as_of, night) AS era
    FROM made
),
listed AS (
    SELECT
        night.run_id, night.as_of, night.era, dedupe_link.person_key, past_listed.handler,
        max(night_lot.propensity) AS propensity
    FROM past_listed
    JOIN night ON night.run_id = past_listed.run_id
    JOIN dedupe_link ON dedupe_link.lead_key = past_listed.lead_key
    LEFT JOIN night_lot
        ON night_lot.run_id = past_listed.run_id
        AND night_lot.lead_key = past_listed.lead_key AND night_lot.lot = 'handler'
    GROUP BY ALL
),
attempt AS (
    SELECT dedupe_link.person_key, contact_attempt.handler, contact_attempt."at",
        contact_attempt.disposition
    FROM contact_attempt
    JOIN dedupe_link USING (lead_key)
    WHERE contact_attempt."at" >= $since::TIMESTAMP AND contact_attempt."at" < $as_of::TIMESTAMP
),
answered AS (
    SELECT
        listed.run_id, listed.person_key,
        bool_or(attempt.handler = listed.handler) AS contacted,
        bool_or(attempt.disposition IN ('replied', 'meeting', 'callback_at')) AS is_good,
        bool_or(attempt.disposition IN ('opted_out', 'complaint')) AS is_bad
    FROM listed
    JOIN attempt ON attempt.person_key = listed.person_key
        AND attempt."at" >= listed.as_of
        AND attempt."at" < listed.as_of + to_days($response_days)
    GROUP BY ALL
),
won AS (
    SELECT DISTINCT listed.run_id, listed.person_key
    FROM listed
    JOIN dedupe_link ON dedupe_link.person_key = listed.person_key
    JOIN outcome ON outcome.lead_key = dedupe_link.lead_key
    WHERE outcome.milestone IN ('qualified', 'converted', 'opportunity', 'won')
        AND outcome.occurred_at >= listed.as_of
        AND outcome.occurred_at < listed.as_of + to_days($response_days)
)
SELECT
    listed.as_of,
    listed.era,
    dense_rank() OVER (ORDER BY listed.as_of) - 1 AS night,
    listed.person_key,
    listed.handler = 'ai' AS is_ai,
    listed.propensity,
    coalesce(answered.contacted, false) AS contacted,
    (coalesce(answered.is_good, false) OR won.person_key IS NOT NULL)
        AND NOT coalesce(answered.is_bad, false) AS success
FROM listed
LEFT JOIN answered ON answered.run_id = listed.run_id AND answered.person_key = listed.person_key
LEFT JOIN won ON won.run_id = listed.run_id AND won.person_key = listed.person_key
WHERE answered.contacted OR listed.propensity IS NOT NULL
ORDER BY listed.as_of, listed.person_key
