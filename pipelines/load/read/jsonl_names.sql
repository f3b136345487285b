-- purpose: take the keys of every line of a screened JSON-lines file
-- grain: one row per line that is not blank, with its position (1-based); null: no object
-- reads: the file $path
-- writes: nothing
-- parameters: $path; the lines are filled in
SELECT
    CASE WHEN json_type(document) = 'OBJECT' THEN json_keys(document) END AS names,
    row_number() OVER () AS position
FROM (
    -- look-ups fail on text that is no JSON, and the planner may move them before a test
    SELECT CASE WHEN json_valid(line) THEN line ELSE 'null' END AS document
    FROM (__lines__)
)
