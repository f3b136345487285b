-- purpose: score as published: what was scored about the lead that stands for the person
-- grain: one row per lead scored tonight
-- reads: decision
-- writes: view score
-- parameters: none
CREATE OR REPLACE VIEW score AS
SELECT
    run_id,
    lead_key,
    model_id,
    raw_score,
    probability,
    percentile,
    score_source
FROM decision
WHERE score_source IS NOT NULL
