-- purpose: read every page of a Parquet file once and measure its text, before any of it is kept
-- grain: one row: bytes of text in all records and in the longest one, then what is filled in
-- reads: the file $path
-- writes: nothing
-- parameters: $path; the sizes of the text cells of a record, and further measures, are filled in
SELECT
    coalesce(sum(__octets__), 0)::DOUBLE AS whole,
    coalesce(max(__octets__), 0)::DOUBLE AS longest,
    __measures__
FROM read_parquet($path)
