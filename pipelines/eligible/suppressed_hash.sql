-- purpose: find the leads that are suppressed by a plain hash of their address or number, the form
--          in which lists are exchanged; MD5, SHA-1 or SHA-256, of an address (normalised, folded, in
--          capitals) or a number with or without its plus sign, and of either as exported
-- grain:   one row per lead, contact point and entry
-- reads:   lead, eligible_former_point, suppression
-- writes:  temporary table eligible_lead_fact (appends)
-- params:  as_of, inner_pad, outer_pad, tag_prefix, is_tagged: as in suppressed.sql;
--          the digests that the list holds are filled in
INSERT INTO eligible_lead_fact
WITH entry AS (
    SELECT lower(key_hmac) AS key_hmac, listed_bits(until, kind, reason, source) AS bits,
        bit_or(channel_set(channel)) AS channels
    FROM suppression
    WHERE kind = 'hash' AND (until IS NULL OR until > $as_of)
    GROUP BY lower(key_hmac), listed_bits(until, kind, reason, source)
),
point AS (
    SELECT lead_key, unnest(list_distinct([
        email_key, folded_email(email_key), upper(email_key), email, lower(email),
        phone_e164, mobile_e164, substr(phone_e164, 2), substr(mobile_e164, 2), phone, mobile
    ])) AS plain
    FROM lead
    UNION ALL
    SELECT lead_key, unnest(list_distinct([point, ltrim(point, '+'), upper(point)]))
    FROM eligible_former_point
),
canonical AS (
    SELECT lead_key, 'hash:' || unnest([__digests__]) AS text
    FROM point
    WHERE plain IS NOT NULL
),
suspect AS MATERIALIZED (
    SELECT lead_key, text
    FROM canonical
    WHERE NOT $is_tagged OR tag_of($tag_prefix, text) IN (
        SELECT tag FROM suppression WHERE kind = 'hash')
)
SELECT suspect.lead_key, entry.channels, entry.bits, 0
FROM suspect
JOIN entry ON entry.key_hmac
    = hmac_hex($inner_pad::BLOB, $outer_pad::BLOB, suspect.text)
