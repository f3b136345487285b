-- purpose: a night without a model still has an order, and says which; no probability is made up
-- grain: one row per scorable person's lead
-- reads: eligibility, Parquet parts (lead_key, recent, senior)    writes: score
-- parameters: $run_id, $parts (glob)
-- raw_score = ways to reach (1 to 5) * 100 + recent (0 to 5) * 10 + senior (0 to 8)
INSERT INTO score BY NAME
SELECT
    $run_id AS run_id,
    lead_key,
    (
        (email_reasons = 0)::INTEGER
        + (phone_reasons = 0)::INTEGER
        + (ai_voice_reasons = 0)::INTEGER
        + (sms_reasons = 0)::INTEGER
        + (mail_reasons = 0)::INTEGER
    ) * 100.0 + placed.recent * 10 + placed.senior AS raw_score,
    'none' AS score_source
FROM eligibility
JOIN read_parquet($parts) AS placed USING (lead_key)
WHERE is_scorable
ORDER BY lead_key
