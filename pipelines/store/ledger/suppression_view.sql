-- purpose: suppressions as a person reads them, one row per contact point and channel; keyed hashes
-- reads: suppressed_point, suppression_note
CREATE VIEW IF NOT EXISTS suppression AS
SELECT
    point.number AS rowid,
    lower(hex(point.key)) || ':' || point.channel
        || CASE point.until WHEN '' THEN '' ELSE ':' || point.until END AS suppression_id,
    note.kind,
    lower(hex(point.key)) AS key_hmac,
    nullif(point.channel, '*') AS channel,
    note.reason,
    note.since,
    nullif(point.until, '') AS until,
    note.source
FROM suppressed_point AS point
JOIN suppression_note AS note USING (note)
