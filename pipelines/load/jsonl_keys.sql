-- purpose: find the keys of a JSON-lines file
-- grain: one row per key, in the order of first appearance
-- reads: the file $path
-- writes: nothing
-- parameters: $path
SELECT key
FROM (
    SELECT unnest(json_keys(document)) AS key, row_number() OVER () AS position
    FROM (
        SELECT CASE WHEN json_valid(line) THEN line ELSE 'null' END AS document
        FROM read_csv(
            $path,
            columns = {'line': 'VARCHAR'},
            auto_detect = false,
            delim = chr(1),
            quote = '',
            escape = '',
            header = false,
            strict_mode = true,
            max_line_size = 16777216
        )
    )
    WHERE json_type(document) = 'OBJECT'
)
GROUP BY key
ORDER BY min(position), key
