-- purpose: believe repaired leads that a batch brings again in records that needed no repair
-- grain: one row per repaired lead record
-- reads: the batch's Parquet file $path, lead, superseded
-- writes: salvaged_row
-- parameters: $path, $batch_id, $source_system, $batches (those whose every field the batch has)
-- A record older than the lead was passed over by the merge and says nothing of it.
UPDATE salvaged_row
SET reviewed_by = $batch_id
WHERE
    reviewed_by IS NULL
    AND table_name = 'lead'
    AND batch_id IN (SELECT unnest($batches::VARCHAR[]))
    AND lead_key IN (
        SELECT lead.lead_key
        FROM read_parquet($path) AS landed
        INNER JOIN lead
            ON lead.source_system = $source_system AND landed.source_id = lead.source_id
        WHERE
            landed.row_number NOT IN (
                SELECT row_number FROM superseded WHERE batch_id = $batch_id
                UNION ALL
                SELECT row_number FROM salvaged_row WHERE batch_id = $batch_id
            )
            AND (lead.modified_at IS NULL OR landed.modified_at >= lead.modified_at)
    )
