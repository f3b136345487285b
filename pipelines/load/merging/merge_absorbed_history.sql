-- purpose: keep since when and until when an absorbed lead was known as one of its own
-- grain: one row per lead that is being closed
-- reads: lead, absorbed
-- writes: lead_snapshot
-- parameters: $at, $batch_id
INSERT INTO lead_snapshot BY NAME
SELECT
    lead.lead_key,
    lead.ingested_at AS known_from,
    greatest($at::TIMESTAMP, lead.ingested_at + INTERVAL 1 MICROSECOND) AS known_until,
    'merged_into_id' AS changed,
    $batch_id AS batch_id
FROM lead
INNER JOIN absorbed ON lead.lead_key = absorbed.lead_key
ORDER BY lead.lead_key
