-- purpose: give landed child rows of which none is stored the lead they name
-- grain: one row per landed child record that no later one of its file replaces
-- reads: the batches' Parquet files $paths, superseded, lead
-- writes: nothing
-- parameters: $paths in the order of their batches (file_index tells it), $source_system
SELECT landed.*, own.lead_key
FROM (
    SELECT *, file_index
    FROM read_parquet($paths)
    ANTI JOIN superseded USING (batch_id, row_number)
) AS landed
LEFT JOIN (
    SELECT lead_key, source_id
    FROM lead
    WHERE source_system = $source_system
) AS own
    ON landed.lead_source_id = own.source_id
