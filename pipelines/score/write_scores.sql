-- purpose: tonight's scores in one table
-- grain: one row per scored lead
-- reads: Parquet parts (lead_key, raw_score, probability, percentile)    writes: score
-- parameters: $run_id, $model_id, $score_source (model or scorecard), $parts (glob)
INSERT INTO score BY NAME
SELECT
    $run_id AS run_id,
    lead_key,
    $model_id AS model_id,
    raw_score,
    probability,
    percentile,
    $score_source AS score_source
FROM read_parquet($parts)
