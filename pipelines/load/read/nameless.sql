-- purpose: tell which of the columns without a header hold anything at all
-- grain: one row; one column per look-up, true where any record has a cell that is not blank
-- reads: the records of a file
-- writes: nothing
-- parameters: the query of the records, its own, and the columns are filled in
SELECT __columns__
FROM (__query__)
