-- purpose: read the lines of a JSON-lines file, each key of the file as text
-- grain: one row per line that is not blank, in file order
-- reads: the file $path, of which every line is a JSON object
-- writes: nothing
-- parameters: $path, $k0, $k1, ... (JSON pointers), $respelt (numbers that the parser would write
--             in another way), $token (a string or a number); the lines, look-ups and columns are
--             filled in
SELECT __columns__
FROM (
    SELECT
        CASE
            WHEN is_respelt
                THEN list_transform(
                    cells,
                    lambda cell: replace(
                        replace(replace(cell, '"\u0001', ''), '\u0001"', ''), chr(1), ''
                    )
                )
            ELSE cells
        END AS cells
    FROM (
        SELECT
            is_respelt,
            -- one list of look-ups, so that a line is parsed once and not once for every key
            json_extract_string(document, [__pointers__]) AS cells
        FROM (
            SELECT
                is_respelt,
                -- Such a number becomes a string between two marks: "str" and 1.10 give
                -- "str"<1><1> and <1>1.10<1>, then "str" and "<mark>1.10<mark>".
                CASE
                    WHEN is_respelt
                        THEN regexp_replace(
                            replace(
                                regexp_replace(
                                    line, $token, '\1' || chr(1) || '\2' || chr(1), 'g'
                                ),
                                chr(1) || chr(1), ''
                            ),
                            chr(1) || '([^' || chr(1) || ']*)' || chr(1),
                            '"\\u0001\1\\u0001"', 'g'
                        )
                    ELSE line
                END AS document
            FROM (
                SELECT
                    line,
                    -- a line that holds the mark itself is none of ours to rewrite
                    regexp_matches(line, $respelt) AND NOT contains(line, '\u0001') AS is_respelt
                FROM (__lines__)
            )
        )
    )
)
