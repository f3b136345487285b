-- purpose: set the records of erased persons aside, with no word of what they said
-- grain: one row per set-aside record
-- reads: the batch's quarantine file $path, erased_record (temporary)
-- writes: nothing
-- parameters: $path, $file
SELECT
    file,
    record,
    CASE WHEN erased_record.row_id IS NULL THEN line END AS line,
    CASE WHEN erased_record.row_id IS NULL THEN byte_offset END AS byte_offset,
    CASE WHEN erased_record.row_id IS NULL THEN reason_code ELSE 'erased' END AS reason_code,
    CASE WHEN erased_record.row_id IS NULL THEN column_name END AS column_name,
    CASE WHEN erased_record.row_id IS NULL THEN payload END AS payload
FROM read_parquet($path)
LEFT JOIN erased_record ON record = erased_record.row_id
UNION ALL
SELECT $file, row_id, NULL, NULL, 'erased', NULL, NULL
FROM erased_record
WHERE row_id NOT IN (SELECT record FROM read_parquet($path))
ORDER BY record
