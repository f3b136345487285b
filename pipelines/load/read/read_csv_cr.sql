-- purpose: exchange back the lone CR and LF that a copy of a file exchanged for its reader
-- grain: one row per record, in file order
-- reads: the query of read_csv.sql, filled in    writes: nothing
-- parameters: those of read_csv.sql
SELECT
    array_to_string(
        list_transform(
            string_split(COLUMNS(*), chr(13) || chr(10)),
            lambda part: translate(part, chr(13) || chr(10), chr(10) || chr(13))
        ),
        chr(13) || chr(10)
    )
FROM (__query__)
