-- purpose: find the leads whose mail domain, or one above it, is on the suppression list
-- grain:   one row per lead and suppressed domain
-- reads:   lead, lead_snapshot (where the address was before), suppression
-- writes:  temporary table eligible_lead_fact (appends)
-- params:  as_of, inner_pad, outer_pad, tag_prefix, is_tagged: as in suppressed.sql
INSERT INTO eligible_lead_fact
WITH entry AS (
    SELECT lower(key_hmac) AS key_hmac, listed_bits(until, kind, reason, source) AS bits,
        bit_or(channel_set(channel)) AS channels
    FROM suppression
    WHERE kind = 'domain' AND (until IS NULL OR until > $as_of)
    GROUP BY lower(key_hmac), listed_bits(until, kind, reason, source)
),
held AS MATERIALIZED (
    SELECT email_domain
    FROM lead
    WHERE email_domain IS NOT NULL
    UNION
    SELECT email_domain
    FROM lead_snapshot
    WHERE email_domain IS NOT NULL
),
labelled AS (
    SELECT email_domain, string_split(email_domain, '.') AS labels
    FROM held
    WHERE email_domain LIKE '%.%.%'
),
-- a.b.example.com: itself, b.example.com, example.com; never the last label alone
above AS (
    SELECT email_domain, email_domain AS name FROM held
    UNION ALL
    SELECT email_domain, array_to_string(labels[level:], '.')
    FROM labelled, LATERAL (SELECT unnest(generate_series(2, length(labels) - 1)) AS level)
),
suspect AS MATERIALIZED (
    SELECT email_domain, 'domain:' || name AS text
    FROM above
    WHERE NOT $is_tagged
        OR tag_of($tag_prefix, 'domain:' || name) IN (
            SELECT tag FROM suppression WHERE kind = 'domain')
),
bound AS (
    SELECT suspect.email_domain, entry.bits, bit_or(entry.channels) AS channels
    FROM suspect
    JOIN entry ON entry.key_hmac
        = hmac_hex($inner_pad::BLOB, $outer_pad::BLOB, suspect.text)
    GROUP BY suspect.email_domain, entry.bits
)
SELECT lead.lead_key, bound.channels, bound.bits, 0
FROM lead JOIN bound USING (email_domain)
UNION ALL
SELECT former.lead_key, bound.channels, bound.bits, 0
FROM lead_snapshot AS former JOIN bound USING (email_domain)
