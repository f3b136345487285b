-- purpose: write down how many entries a file brought of each register
-- grain:   one row per register of the file
-- reads:   the batch's Parquet file $path    writes: registry_copy (appends)
-- params:  path, batch_id, source, at (of the merge)
INSERT INTO registry_copy BY NAME
SELECT
    registry,
    $batch_id AS batch_id,
    $source AS source_system,
    $at::TIMESTAMP AS loaded_at,
    count(DISTINCT contact_key) AS entries,
    max(least(screened_at, ingested_at)) AS newest
FROM read_parquet($path)
GROUP BY registry
