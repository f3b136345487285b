-- purpose: give every landed lead its key, and tell which record is older than what is stored
-- grain: one row per landed record that no other one of the file replaces
-- reads: lead, the batch's lead.parquet $lead and superseded.parquet (view superseded)
-- writes: temp table landed_key
-- parameters: $lead, $source_system, $next_key
-- A stored time of change that lies ahead of its own load is a clock gone wrong: it would keep every
-- later export out, so it makes nothing older.
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
    known.lead_key IS NULL AS is_new,
    coalesce(
        date_trunc('second', landed.modified_at) < known.modified_at
        AND known.modified_at <= known.ingested_at + INTERVAL 1 DAY,
        false
    ) AS is_older
FROM (
    SELECT row_number, source_id, modified_at
    FROM read_parquet($lead)
    WHERE row_number NOT IN (SELECT row_number FROM superseded)
) AS landed
LEFT JOIN (
    SELECT lead_key, source_id, modified_at, ingested_at
    FROM lead
    WHERE source_system = $source_system
) AS known
    ON landed.source_id = known.source_id
ORDER BY landed.row_number
