-- purpose: find the keys of a JSON-lines file
-- grain: one row per list of keys, in the order of first appearance; null: lines that are no object
-- reads: the file $path
-- writes: nothing
-- parameters: $path; the keys of the lines are filled in
SELECT names
FROM (__names__)
GROUP BY names
ORDER BY min(position)
