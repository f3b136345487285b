-- purpose: name whom set-aside records speak of, by id, address or the end of a number
-- grain: one row per record and name found in it
-- reads: the batch's quarantine file $path
-- writes: nothing
-- parameters: $path, $source_system, $id_header, $id_at (its place among the cells, from 1),
--   $delimiter
SELECT record AS row_id, 'lead:' || $source_system || ':' || unnest(
    CASE
        WHEN payload LIKE '{%' AND json_valid(payload)
            THEN [json_extract_string(payload, '$."' || replace($id_header, '"', '\"') || '"')]
        ELSE list_transform(
            string_split_regex(payload, '[\r\n]+'),
            lambda one: trim(split_part(one, $delimiter, $id_at), ' "''')
        )
    END
) AS text
FROM read_parquet($path)
UNION ALL
SELECT record, unnest(addresses_in(payload)) FROM read_parquet($path)
UNION ALL
SELECT record, unnest(numbers_in(payload)) FROM read_parquet($path)
