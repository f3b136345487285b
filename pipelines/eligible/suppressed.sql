-- purpose: find the leads whose e-mail address or number is on the own suppression list
-- grain:   one row per lead, contact point and entry
-- reads:   lead, eligible_folded, eligible_former_point, suppression
-- writes:  temporary table eligible_lead_fact (appends)
-- params:  as_of, inner_pad, outer_pad (the HMAC key's two blocks), tag_prefix, is_tagged (every
--          entry has a tag: only texts of a known tag can match, and only they get an HMAC)
INSERT INTO eligible_lead_fact
WITH entry AS (
    SELECT lower(key_hmac) AS key_hmac, listed_bits(until, kind, reason, source) AS bits,
        bit_or(channel_set(channel)) AS channels
    FROM suppression
    WHERE kind IN ('email', 'phone') AND (until IS NULL OR until > $as_of)
    GROUP BY lower(key_hmac), listed_bits(until, kind, reason, source)
),
canonical AS (
    -- told by the parts that are stored, so that no address is put together twice
    SELECT lead_key, 'email:' || email_key AS text FROM lead
    WHERE own_email_key IS NOT NULL OR email_local IS NOT NULL
    UNION ALL
    SELECT lead_key, 'email:' || name FROM eligible_folded
    UNION ALL
    SELECT lead_key, 'phone:' || phone_e164 FROM lead WHERE phone_e164 IS NOT NULL
    UNION ALL
    SELECT lead_key, 'phone:' || mobile_e164 FROM lead
    WHERE mobile_e164 IS NOT NULL AND mobile_e164 IS DISTINCT FROM phone_e164
    UNION ALL
    SELECT lead_key, CASE WHEN contains(point, '@') THEN 'email:' ELSE 'phone:' END || point
    FROM eligible_former_point
),
suspect AS MATERIALIZED (
    SELECT lead_key, text
    FROM canonical
    WHERE NOT $is_tagged OR tag_of($tag_prefix, text) IN (
        SELECT tag FROM suppression WHERE kind IN ('email', 'phone'))
)
SELECT suspect.lead_key, entry.channels, entry.bits, 0
FROM suspect
JOIN entry ON entry.key_hmac
    = hmac_hex($inner_pad::BLOB, $outer_pad::BLOB, suspect.text)
