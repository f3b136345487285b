-- purpose: tell whether a JSON-lines file may hold what is costly to look for
-- grain: one row if so, else none
-- reads: the file $path
-- writes: nothing
-- parameters: $path, $pattern; the lines are filled in
SELECT 1 AS is_held
FROM (__lines__)
WHERE regexp_matches(line, $pattern)
LIMIT 1
