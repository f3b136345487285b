-- purpose: write an empty copy down for every register that the source of a file brought before
-- grain:   one row per register
-- reads:   registry_copy    writes: registry_copy (appends)
-- params:  batch_id, source, at (of the merge)
INSERT INTO registry_copy BY NAME
SELECT DISTINCT
    registry,
    $batch_id AS batch_id,
    $source AS source_system,
    $at::TIMESTAMP AS loaded_at,
    0 AS entries
FROM registry_copy
WHERE source_system = $source
