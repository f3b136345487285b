-- purpose: a night without a model still decides; no number is made up
-- grain: one row per scorable person's lead
-- reads: eligibility    writes: score
-- parameters: $run_id
INSERT INTO score BY NAME
SELECT $run_id AS run_id, lead_key, 'none' AS score_source
FROM eligibility
WHERE is_scorable
ORDER BY lead_key
