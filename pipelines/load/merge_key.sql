-- purpose: give every landed lead its key
-- grain: one row per landed record that no later one of the file replaces
-- reads: lead, the batch's lead.parquet $lead and superseded.parquet (view superseded)
-- writes: temp table landed_key
-- parameters: $lead, $source_system, $next_key
CREATE OR REPLACE TEMP TABLE landed_key AS
SELECT
    landed.row_number,
    coalesce(
        known.lead_key,
        $next_key - 1 + row_number() OVER (
            PARTITION BY known.lead_key IS NULL
            ORDER BY landed.row_number
        )
    )::BIGINT AS lead_key,
    known.lead_key IS NULL AS is_new
FROM (
    SELECT row_number, source_id
    FROM read_parquet($lead)
    WHERE row_number NOT IN (SELECT row_number FROM superseded)
) AS landed
LEFT JOIN (
    SELECT lead_key, source_id
    FROM lead
    WHERE source_system = $source_system
) AS known
    ON landed.source_id = known.source_id
ORDER BY landed.row_number
