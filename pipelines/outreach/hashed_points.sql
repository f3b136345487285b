-- purpose: turn contact points of a suppression list into keyed hashes and their tags
-- grain: one row per contact point, text that it is known by, channel and end; in order of the hash, in
--        which the ledger takes them fastest
-- reads: the batch's Parquet file $path, odd_text_frame and ending_frame (registered)    writes: nothing
-- parameters: $path, $inner_pad, $outer_pad (the HMAC key's two blocks), $tag_prefix, $reason
-- What looks plain is known by texts made here, as settings.contact_keys.suppression_keys makes
-- them; the texts of everything else come with odd_text_frame. The test keeps both equal.
WITH point AS (
    SELECT kind, key, channel, ends AS until, coalesce(reason, $reason) AS reason
    FROM read_parquet($path)
    LEFT JOIN ending_frame USING (reason, until)
    WHERE __is_plain__
),
address AS (
    SELECT
        channel,
        until,
        reason,
        key,
        regexp_extract(key, '^([^@]+?)(\+[^@]*)?@', 1) AS name,
        split_part(key, '@', 2) AS host
    FROM point
    WHERE kind = 'email'
),
canonical AS (
    SELECT kind, kind || ':' || key AS text, channel, until, reason
    FROM point
    UNION ALL
    SELECT
        'email',
        'email:' || CASE
            WHEN host IN ('gmail.com', 'googlemail.com')
                THEN coalesce(nullif(replace(name, '.', ''), ''), name) || '@gmail.com'
            ELSE name || '@' || host
        END,
        channel,
        until,
        reason
    FROM address
    WHERE contains(key, '+') OR host IN ('gmail.com', 'googlemail.com')
    UNION ALL
    SELECT kind, text, channel, until, coalesce(reason, $reason)
    FROM odd_text_frame
)
SELECT
    unhex(sha256($outer_pad::BLOB || unhex(sha256($inner_pad::BLOB || encode(text))))) AS key,
    kind,
    -- The kind and its colon stand before the digits of a hash.
    CASE WHEN kind = 'hash' THEN
        CASE length(text) WHEN 37 THEN 'md5' WHEN 45 THEN 'sha1' WHEN 69 THEN 'sha256' END
    END AS digest,
    channel,
    strftime(until, '%Y-%m-%dT%H:%M:%S') AS until,
    reason,
    md5($tag_prefix || text) AS tag
FROM canonical
ORDER BY key, channel, until
