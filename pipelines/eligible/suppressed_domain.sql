-- purpose: find the leads whose mail domain, or one above it, is on the suppression list
-- grain:   one row per lead and suppressed domain
-- reads:   lead, suppression    writes: temporary table eligible_lead_fact (appends)
-- params:  as_of, inner_pad, outer_pad (the HMAC key's two blocks)
INSERT INTO eligible_lead_fact
WITH entry AS (
    SELECT lower(key_hmac) AS key_hmac, bit_or(channel_set(channel)) AS channels
    FROM suppression
    WHERE kind = 'domain' AND (until IS NULL OR until > $as_of)
    GROUP BY lower(key_hmac)
),
labelled AS (
    SELECT DISTINCT email_domain, string_split(email_domain, '.') AS labels
    FROM lead
    WHERE email_domain IS NOT NULL
),
-- a.b.example.com: itself, b.example.com, example.com; never the last label alone
above AS (
    SELECT email_domain, array_to_string(labels[level:], '.') AS name
    FROM labelled, LATERAL (
        SELECT unnest(generate_series(1, greatest(length(labels) - 1, 1))) AS level
    )
),
bound AS (
    SELECT above.email_domain, bit_or(entry.channels) AS channels
    FROM above
    JOIN entry ON entry.key_hmac
        = hmac_hex($inner_pad::BLOB, $outer_pad::BLOB, 'domain:' || above.name)
    GROUP BY above.email_domain
)
SELECT lead.lead_key, bound.channels, r_suppressed(), 0
FROM lead JOIN bound USING (email_domain)
