-- purpose: read the lines of a screened JSON-lines file as text
-- grain: one row per line that is not blank, in file order
-- reads: the file $path
-- writes: nothing
-- parameters: $path
SELECT line
FROM read_csv(
    $path,
    columns = {'line': 'VARCHAR'},
    auto_detect = false,
    delim = chr(1),
    quote = '',
    escape = '',
    header = false,
    strict_mode = true,
    max_line_size = 16777216
)
WHERE trim(coalesce(line, ''), chr(32) || chr(9) || chr(13)) <> ''
