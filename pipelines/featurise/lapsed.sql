-- purpose: find since when the data of persons may be trained on, where a retention review counts
-- grain: one row per person in a country where it counts
-- reads: lead, dedupe_link, activity, contact_attempt
-- writes: training_lapsed (temporary): person_key, own_since: the first own contact that is not too
--   old today; null = there is none, and the review is due
-- parameters: $as_of; $retention_months, $retention_countries: the policy's retention rule
-- note: own contact as the eligibility stage counts it: the last inbound touch, else created_at
-- note: a training row needs an own contact of its own past. Whoever converts stops writing: judged
--   by what came after the row, conversions would go and failures stay (13% fewer, measured)
CREATE OR REPLACE TEMP TABLE training_lapsed AS
WITH rule AS (
    SELECT $as_of::TIMESTAMP - to_months($retention_months) AS cutoff
),
touch AS (
    SELECT
        lead_key,
        max("at") AS own_at,
        min("at") FILTER ("at" >= (SELECT cutoff FROM rule)) AS own_since
    FROM (
        SELECT lead_key, "at" FROM activity
        WHERE direction = 'in' AND "at" < $as_of::TIMESTAMP
        UNION ALL
        SELECT lead_key, "at" FROM contact_attempt
        WHERE disposition IN ('replied', 'meeting') AND "at" < $as_of::TIMESTAMP
    )
    WHERE lead_key IS NOT NULL
    GROUP BY lead_key
)
SELECT
    coalesce(dedupe_link.person_key, lead.lead_key) AS person_key,
    CASE
        WHEN max(coalesce(touch.own_at, lead.created_at)) >= (SELECT cutoff FROM rule)
            THEN least(
                min(touch.own_since),
                min(lead.created_at) FILTER (lead.created_at >= (SELECT cutoff FROM rule))
            )
    END AS own_since
FROM lead
LEFT JOIN dedupe_link ON dedupe_link.lead_key = lead.lead_key
LEFT JOIN touch ON touch.lead_key = lead.lead_key
GROUP BY 1
HAVING bool_or(lead.country IN (SELECT unnest($retention_countries::VARCHAR[])))
