-- purpose: what the records of erased persons are called besides: ids, and addresses of their own
-- grain: one row per kind and canonical text
-- reads: the batch's lead file $path, found_frame (registered)
-- writes: nothing
-- parameters: $path
-- No numbers: of a household's number the file may name the rest of the household only later.
WITH named AS (
    SELECT
        row_number IN (SELECT row_id FROM found_frame) AS is_found,
        source_system,
        source_id,
        point_text(email_key) AS address
    FROM read_parquet($path)
)
SELECT DISTINCT 'lead' AS kind, 'lead:' || source_system || ':' || source_id AS text
FROM named
WHERE is_found
UNION
SELECT 'email', address
FROM named
WHERE is_found AND address IS NOT NULL
    AND address NOT IN (SELECT address FROM named WHERE NOT is_found AND address IS NOT NULL)
ORDER BY ALL
