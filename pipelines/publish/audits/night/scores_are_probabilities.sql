-- purpose: a probability is a number between 0 and 1, without a model there is none, and every lead
-- is scored at most once
-- grain: one number, the violations
-- reads: score
SELECT
    count(*) FILTER (WHERE NOT coalesce(isfinite(raw_score) AND CASE score_source
        WHEN 'none' THEN probability IS NULL AND model_id IS NULL
        ELSE score_source IN ('model', 'scorecard') AND model_id IS NOT NULL
            AND probability BETWEEN 0 AND 1
    END, false))
    + count(*) - count(DISTINCT lead_key)
FROM score
