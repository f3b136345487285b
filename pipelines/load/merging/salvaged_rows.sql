-- purpose: note the repaired records of one batch
-- grain: one row per repaired record that became a row
-- reads: the batch's Parquet files $salvaged and $path
-- writes: salvaged_row
-- parameters: $salvaged, $path, $batch_id, $table; the own id of the table is filled in
INSERT INTO salvaged_row BY NAME
SELECT
    $batch_id AS batch_id,
    repaired.row_number,
    repaired.line,
    repaired.byte_offset,
    repaired.repair,
    $table AS table_name,
    landed.row_id
FROM read_parquet($salvaged) AS repaired
INNER JOIN (
    SELECT row_number, min(__own_id__) AS row_id
    FROM read_parquet($path)
    GROUP BY row_number
) AS landed
    ON repaired.row_number = landed.row_number
ORDER BY repaired.row_number
