-- purpose: find the leads of one source whose date of birth says that they are under age
-- grain:   one row per such lead
-- reads:   the table of the source's custom columns, filled in with the column
-- writes:  nothing
-- params:  as_of. Of several ways to read a date the youngest counts; a date to come is none, but
--          for a year of two digits, which is then of the century before. A text that is no date as
--          we know them is of the last day of the latest year in it.
SELECT lead_key
FROM (
    SELECT lead_key, greatest(
        try_cast(said AS TIMESTAMP), try_cast(left(said, 10) AS TIMESTAMP),
        try_strptime(said, '%Y%m%d'), try_strptime(said, '%Y/%m/%d'),
        try_strptime(said, '%d.%m.%Y'), try_strptime(said, '%d/%m/%Y'),
        try_strptime(said, '%m/%d/%Y'), try_strptime(said, '%d-%m-%Y'),
        try_strptime(said, '%m-%d-%Y'), try_strptime(said, '%d %b %Y'),
        try_strptime(said, '%d %B %Y'), try_strptime(said, '%B %d, %Y'),
        try_strptime(said, '%b %d, %Y'), try_strptime(said, '%d-%b-%Y'),
        try_strptime(said, '%b %d %Y'), try_strptime(said, '%B %d %Y'),
        try_strptime(said, '%Y.%m.%d'), try_strptime(said, '%d %m %Y'),
        try_strptime(said, '%m %d %Y'),
        -- a number has lost its leading zero
        try_strptime(CASE WHEN length(said) IN (7, 8) THEN lpad(said, 8, '0') END, '%d%m%Y'),
        try_strptime(CASE WHEN length(said) IN (7, 8) THEN lpad(said, 8, '0') END, '%m%d%Y'),
        -- the days of spreadsheets
        CASE WHEN regexp_full_match(said, '[2-5]\d{4}(\.\d+)?')
            THEN TIMESTAMP '1899-12-30' + to_days(left(said, 5)::INTEGER) END,
        -- a year alone: born on its last day
        try_strptime(CASE WHEN length(said) = 4 THEN said || '1231' END, '%Y%m%d')
    ) AS born, greatest(
        try_strptime(said, '%d.%m.%y'), try_strptime(said, '%d/%m/%y'),
        try_strptime(said, '%m/%d/%y'), try_strptime(said, '%d-%m-%y'),
        try_strptime(said, '%m-%d-%y'), try_strptime(said, '%d-%b-%y')
    ) AS born_short, said
    FROM (
        SELECT lead_key,
               regexp_replace(trim(__born__::VARCHAR), '\.0$|[ T]+\d{1,2}:\d{2}.*$', '') AS said
        FROM __table__
        WHERE __born__ IS NOT NULL
    )
)
WHERE coalesce(CASE WHEN born >= TIMESTAMP '1000-01-01' THEN born END,
        CASE WHEN born_short > $as_of::TIMESTAMP THEN born_short - INTERVAL 100 YEAR
            ELSE born_short END,
        list_max([
            least(make_timestamp(one, 12, 31, 0, 0, 0), $as_of::TIMESTAMP)
            FOR one IN regexp_extract_all(said, '(?:19|20)\d\d')::BIGINT[]
            IF one <= year($as_of::TIMESTAMP)
        ]))
    BETWEEN $as_of::TIMESTAMP - INTERVAL 18 YEAR AND $as_of::TIMESTAMP
