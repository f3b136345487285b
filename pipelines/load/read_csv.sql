-- purpose: read a screened CSV file, every cell as text
-- grain: one row per record, in file order
-- reads: the file $path
-- writes: nothing
-- parameters: $path, $delimiter, $quote, $has_header; the columns are filled in
SELECT *
FROM read_csv(
    $path,
    columns = __columns__,
    auto_detect = false,
    delim = $delimiter,
    quote = $quote,
    escape = $quote,
    header = $has_header,
    strict_mode = true,
    null_padding = false,
    max_line_size = 2097152
)
