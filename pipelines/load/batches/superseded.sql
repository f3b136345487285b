-- purpose: find records that another one of the same file, with the same own id, replaces
-- grain: one row per replaced record
-- reads: the batch's Parquet file $path
-- writes: nothing
-- parameters: $path; the id column and the time of change are filled in
-- The newest by the source's own time of change stays; where a record of that id has no such time,
-- and among equals, the last of the file does.
WITH record AS (
    SELECT row_number, __own_id__ AS own_id, __changed_at__ AS changed_at
    FROM read_parquet($path)
),
repeated AS (
    SELECT
        own_id,
        CASE
            WHEN count(*) = count(changed_at)
                THEN max({'changed_at': changed_at, 'row_number': row_number}).row_number
            ELSE max(row_number)
        END AS winner
    FROM record
    WHERE own_id IN (SELECT own_id FROM record GROUP BY own_id HAVING min(row_number) < max(row_number))
    GROUP BY own_id
)
SELECT DISTINCT record.row_number::BIGINT AS row_number
FROM record
INNER JOIN repeated ON record.own_id = repeated.own_id AND record.row_number <> repeated.winner
ORDER BY row_number
