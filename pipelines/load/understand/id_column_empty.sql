-- purpose: count the records that hold nothing at all: they are set aside, and need no id
-- grain: one row
-- reads: the records of one file
-- writes: nothing
-- parameters: those of the records' own query; the cells, the query and the limit are filled in
SELECT count(*) AS empty
FROM (SELECT * FROM (__query__) __limit__)
WHERE coalesce(__cells__) IS NULL
