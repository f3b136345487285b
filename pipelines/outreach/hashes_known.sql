-- purpose: count the plain hashes of a suppression list, and those that name a lead we know
-- grain: one row per hash function
-- reads: the batch's Parquet file $path, lead, lead_snapshot    writes: nothing
-- parameters: $path; the digests that the list holds are filled in
-- The forms of pipelines/eligible/suppressed_hash.sql; what is folded there is left out: of an
-- address with a tag or dots that few lists hold.
WITH entry AS (
    SELECT DISTINCT
        key,
        CASE length(key) WHEN 32 THEN 'MD5' WHEN 40 THEN 'SHA-1' ELSE 'SHA-256' END AS name
    FROM read_parquet($path)
    WHERE kind = 'hash'
),
point AS (
    SELECT unnest(list_distinct([
        email_key, upper(email_key), email, lower(email),
        phone_e164, mobile_e164, substr(phone_e164, 2), substr(mobile_e164, 2), phone, mobile
    ])) AS plain
    FROM lead
    UNION ALL
    SELECT unnest([email_key, phone_e164, mobile_e164, substr(phone_e164, 2), substr(mobile_e164, 2)])
    FROM lead_snapshot
),
digest AS (
    SELECT unnest([__digests__]) AS key
    FROM point
    WHERE plain IS NOT NULL
),
known AS (
    SELECT DISTINCT key
    FROM digest
    SEMI JOIN entry USING (key)
)
SELECT
    entry.name,
    count(*) AS entries,
    count(known.key) AS known
FROM entry
LEFT JOIN known ON known.key = entry.key
GROUP BY entry.name
ORDER BY name
