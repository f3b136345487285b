-- purpose: find the lines of a JSON-lines file that are no object, or name a key twice
-- grain: one row per such line, in file order
-- reads: the file $path
-- writes: nothing
-- parameters: $path; the keys of the lines are filled in
SELECT position
FROM (__names__)
WHERE names IS NULL OR len(list_distinct(names)) <> len(names)
ORDER BY position
