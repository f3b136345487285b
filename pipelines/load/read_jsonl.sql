-- purpose: read the lines of a JSON-lines file, each key of the file as text
-- grain: one row per line that is not blank, in file order
-- reads: the file $path
-- writes: nothing
-- parameters: $path, $k0, $k1, ... (JSON pointers); the look-ups and columns are filled in
SELECT
    __columns__,
    bad
FROM (
    -- one list of look-ups, so that a line is parsed once and not once for every key
    SELECT
        json_extract_string(document, [__pointers__]) AS cells,
        CASE WHEN json_type(document) <> 'OBJECT' THEN line END AS bad
    FROM (
        -- look-ups fail on text that is no JSON, and the planner may move them before a test
        SELECT line, CASE WHEN json_valid(line) THEN line ELSE 'null' END AS document
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
        WHERE trim(coalesce(line, ''), chr(32) || chr(9) || chr(13)) <> ''
    )
)
