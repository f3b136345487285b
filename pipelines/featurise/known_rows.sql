-- purpose: count the training rows whose lead the store knew already at their as_of
-- grain: one row
-- reads: training_target, lead, lead_snapshot
-- writes: nothing (row_count, positive_count, known_count)
-- parameters: none
SELECT
    count(*) AS row_count,
    count(*) FILTER (training_target.is_positive) AS positive_count,
    count(*) FILTER (
        coalesce(first_known.known_from, lead.ingested_at) <= training_target.as_of
    ) AS known_count
FROM training_target
JOIN lead ON lead.lead_key = training_target.lead_key
LEFT JOIN (
    SELECT lead_key, min(known_from) AS known_from
    FROM lead_snapshot
    GROUP BY lead_key
) AS first_known ON first_known.lead_key = training_target.lead_key
