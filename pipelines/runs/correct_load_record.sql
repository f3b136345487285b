-- purpose: bring the counts of one load to its batch, of which records were set aside since
-- grain: the row of the batch
-- reads: load_file
-- writes: load_file
-- parameters: $batch_id, $quarantined, $duplicates, $salvaged
-- What is set aside was loaded, updated or unchanged before: taken from these in turn.
UPDATE load_file
SET
    quarantined = $quarantined,
    duplicates = $duplicates,
    salvaged = $salvaged,
    loaded = greatest(loaded - gone, 0),
    updated = greatest(updated - greatest(gone - loaded, 0), 0),
    unchanged = unchanged - greatest(gone - loaded - updated, 0),
    older = least(older, unchanged - greatest(gone - loaded - updated, 0))
FROM (
    SELECT
        batch_id AS changed_id,
        loaded + updated + unchanged + $quarantined + $duplicates - records AS gone
    FROM load_file
    WHERE batch_id = $batch_id
) AS changed
WHERE batch_id = changed_id
