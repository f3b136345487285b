-- purpose: tell which of the two leading numbers of a date is the day, over the whole file
-- grain: one row
-- reads: the records of one file
-- writes: nothing
-- parameters: those of the records' own query; the column and the query are filled in
SELECT
    count(*) AS dates,
    coalesce(max(first_number), 0) AS largest_first,
    coalesce(max(second_number), 0) AS largest_second
FROM (
    SELECT
        try_cast(regexp_extract(cell, '^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{4}', 1) AS INTEGER)
            AS first_number,
        try_cast(regexp_extract(cell, '^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{4}', 2) AS INTEGER)
            AS second_number
    FROM (SELECT __column__ AS cell FROM (__query__))
)
WHERE first_number IS NOT NULL
