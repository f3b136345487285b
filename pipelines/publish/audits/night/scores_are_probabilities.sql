-- purpose: a probability is a number between 0 and 1, and every lead is scored at most once
-- grain: one number, the violations
-- reads: score
SELECT
    count(*) FILTER (WHERE score_source = 'model' AND NOT coalesce(
        isfinite(raw_score) AND probability BETWEEN 0 AND 1, false))
    + count(*) - count(DISTINCT lead_key)
FROM score
