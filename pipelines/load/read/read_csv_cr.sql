-- purpose: read a screened CSV file whose lone CR and LF were exchanged, and exchange them back
-- grain: one row per record, in file order
-- reads: the file $path
-- writes: nothing
-- parameters: $path, $compression, $delimiter, $quote, $has_header; the columns are
--             filled in, and new_line left out where lines end with CRLF
SELECT
    array_to_string(
        list_transform(
            string_split(COLUMNS(*), chr(13) || chr(10)),
            lambda part: translate(part, chr(13) || chr(10), chr(10) || chr(13))
        ),
        chr(13) || chr(10)
    )
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
    max_line_size = 2097152
)
