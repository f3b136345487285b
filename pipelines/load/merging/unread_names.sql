-- purpose: note whom the records name that were set aside: one of them may have said no
-- grain: one row per set-aside record of a batch and name found in it
-- reads: the batch's quarantine file $path
-- writes: salvaged_row
-- parameters: $path, $batch_id, $id_header, $id_at (its place among the cells, from 1), $delimiter,
--   $passed_over (reasons of records that say nothing), $must_mention (a pattern, or null),
--   $address and $number (patterns of what an address and a number look like)
-- A record that cannot be divided has its text as payload, maybe several lines of it; any other a
-- JSON object of its cells. A name too many keeps a lead off a list, a name too few loses a no.
INSERT INTO salvaged_row BY NAME
WITH record AS (
    SELECT
        record,
        line,
        byte_offset,
        payload,
        CASE
            WHEN payload LIKE '{%' AND json_valid(payload)
                THEN [json_extract_string(payload, '$."' || replace($id_header, '"', '\"') || '"')]
            ELSE list_transform(
                string_split_regex(payload, '[\r\n]+'),
                lambda one: trim(split_part(one, $delimiter, $id_at), ' "''')
            )
        END AS ids
    FROM read_parquet($path)
    WHERE
        reason_code NOT IN (SELECT unnest($passed_over::VARCHAR[]))
        AND ($must_mention IS NULL OR regexp_matches(lower(payload), $must_mention))
),
named AS (
    SELECT record, line, byte_offset, 'id:' || unnest(ids) AS name
    FROM record
    UNION
    SELECT
        record,
        line,
        byte_offset,
        'email:' || unnest(regexp_extract_all(lower(payload), $address))
    FROM record
    UNION
    SELECT
        record,
        line,
        byte_offset,
        'phone:' || right(
            regexp_replace(unnest(regexp_extract_all(payload, $number)), '[^0-9]', '', 'g'),
            9
        )
    FROM record
)
SELECT
    $batch_id AS batch_id,
    record AS row_number,
    line,
    byte_offset,
    'set aside' AS repair,
    'set aside' AS table_name,
    name AS row_id
FROM named
WHERE name NOT IN ('id:', 'email:') AND NOT (name LIKE 'phone:%' AND length(name) < 15)
ORDER BY record, name
