-- purpose: read a screened CSV file, every cell as text
-- grain: one row per record, in file order
-- reads: the file $path
-- writes: nothing
-- parameters: $path, $compression, $delimiter, $quote, $has_header; the columns are
--             filled in, and new_line left out where lines end with CRLF
SELECT *
FROM read_csv(
    $path,
    columns = __columns__,
    auto_detect = false,
    compression = $compression,
    delim = $delimiter,
    quote = $quote,
    escape = $quote,
    new_line = '\n',
    header = $has_header,
    strict_mode = true,
    null_padding = false,
    -- What MySQL and PostgreSQL write for NULL.
    nullstr = ['', '\N'],
    max_line_size = 2097152
)
