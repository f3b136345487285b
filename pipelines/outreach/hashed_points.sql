-- purpose: turn contact points of a suppression list into keyed hashes and their tags
-- grain: one row per contact point, text that it is known by, and channel; in order of the hash, in
--        which the ledger takes them fastest
-- reads: the batch's Parquet file $path, odd_text_frame (registered)    writes: nothing
-- parameters: $path, $inner_pad, $outer_pad (the HMAC key's two blocks), $tag_prefix, $reason
-- What looks plain is known by texts made here, as settings.contact_keys.suppression_keys makes
-- them; the texts of everything else come with odd_text_frame. The test keeps both equal.
WITH point AS (
    SELECT kind, key, channel, coalesce(reason, $reason) AS reason
    FROM read_parquet($path)
    WHERE __is_plain__
),
address AS (
    SELECT
        channel,
        reason,
        key,
        regexp_extract(key, '^([^@]+?)(\+[^@]*)?@', 1) AS name,
        split_part(key, '@', 2) AS host
    FROM point
    WHERE kind = 'email'
),
canonical AS (
    SELECT kind, kind || ':' || key AS text, channel, reason
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
        reason
    FROM address
    WHERE contains(key, '+') OR host IN ('gmail.com', 'googlemail.com')
    UNION ALL
    SELECT kind, text, channel, coalesce(reason, $reason)
    FROM odd_text_frame
)
SELECT
    sha256($outer_pad::BLOB || unhex(sha256($inner_pad::BLOB || encode(text)))) AS key_hmac,
    kind,
    channel,
    reason,
    md5($tag_prefix || text) AS tag
FROM canonical
ORDER BY key_hmac, channel
