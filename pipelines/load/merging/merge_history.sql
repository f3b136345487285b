-- purpose: keep the former values of what a newer export changes about a lead, and since when the
--          store knew them
-- grain: one row per lead of which a column of the history changes
-- reads: landed_key, changed, replaced_row (the leads as they were), the batch's lead.parquet $path
-- writes: lead_snapshot
-- parameters: $path, $at, $batch_id; the columns are filled in
INSERT INTO lead_snapshot BY NAME
SELECT
    lead_key,
    ingested_at AS known_from,
    greatest($at::TIMESTAMP, ingested_at + INTERVAL 1 MICROSECOND) AS known_until,
    concat_ws(',', __changed_names__) AS changed,
    $batch_id AS batch_id,
    __former_values__
FROM (
    SELECT replaced_row.*, __is_changed__
    FROM read_parquet($path) AS landed
    INNER JOIN landed_key ON landed.row_number = landed_key.row_number AND NOT landed_key.is_new
    INNER JOIN changed ON landed_key.lead_key = changed.lead_key
    INNER JOIN replaced_row ON landed_key.lead_key = replaced_row.lead_key
)
WHERE __is_any_changed__
ORDER BY lead_key
