-- purpose: read a Parquet file, every cell as text, and numbers also as such
-- grain: one row per record, in file order
-- reads: the file $path
-- writes: nothing
-- parameters: $path; the casts are filled in
SELECT __columns__
FROM read_parquet($path)
