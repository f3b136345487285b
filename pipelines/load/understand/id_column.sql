-- purpose: tell whether a column names every record, and each differently
-- grain: one row
-- reads: the records of one file
-- writes: nothing
-- parameters: those of the records' own query; the column, the query and the limit are filled in
SELECT
    count(*) AS records,
    count(id) AS filled,
    count(DISTINCT id) AS ids
FROM (SELECT nullif(trim(__column__), '') AS id FROM (__query__) __limit__)
