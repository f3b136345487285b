-- purpose: keep who is listed tonight
-- grain: one row per listed person
-- reads: stored_decision (view decision)    writes: past_listed
-- parameters: $run_id
INSERT INTO past_listed BY NAME
SELECT
    run_id, lead_key, person_key, channel, handler, rank, probability, percentile, expected_value,
    slice, propensity, assignee, raw_score, score_source, model_id
FROM decision
WHERE run_id = $run_id AND verdict = 'listed'
ORDER BY rank
