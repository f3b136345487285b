-- purpose: tell which of point and comma is the decimal sign of a column, over the whole file
-- grain: one row
-- reads: the records of one file
-- writes: nothing
-- parameters: those of the records' own query; the column and the query are filled in
-- A sign before other than three digits, the last of two different ones, or one behind a leading
-- nought is a decimal sign; one that comes twice groups.
SELECT
    count_if(
        regexp_matches(digits, '^[0-9,]*\.([0-9]{1,2}|[0-9]{4,})$')
        OR regexp_matches(digits, '^0\.[0-9]+$|,[0-9]+\.[0-9]*$|,[0-9]{2,3},')
    ) AS points,
    count_if(
        regexp_matches(digits, '^[0-9.]*,([0-9]{1,2}|[0-9]{4,})$')
        OR regexp_matches(digits, '^0,[0-9]+$|\.[0-9]+,[0-9]*$|\.[0-9]{3}\.')
    ) AS commas,
    count_if(regexp_matches(digits, '^[1-9][0-9]{0,2}[.,][0-9]{3}$')) AS open_cells
FROM (
    SELECT
        regexp_replace(
            regexp_extract(cell, '[0-9][0-9.,''\x{2019}\s]*[0-9]|[0-9]'),
            '[''\x{2019}\s]', '', 'g'
        ) AS digits
    FROM (SELECT CAST(__column__ AS VARCHAR) AS cell FROM (__query__))
)
