-- purpose: attach waiting child rows to the leads they name
-- grain: one row per waiting child row that names a loaded lead
-- reads: lead, the table filled in
-- writes: temp table attached
-- parameters: none; the table and its contact_key are filled in
-- A row belongs to the lead of its own source with that id; else, when its source has no leads of
-- its own, to the only lead of any source with that id; else to the oldest lead with that e-mail,
-- or that phone or mobile number.
CREATE OR REPLACE TEMP TABLE attached AS
WITH waiting AS (
    SELECT rowid AS row_id, source_system, lead_source_id, __contact_key__ AS contact_key
    FROM __table__
    WHERE lead_key IS NULL
),
lead_sources AS (
    SELECT DISTINCT source_system
    FROM lead
),
by_any_id AS (
    SELECT source_id, min(lead_key) AS lead_key
    FROM lead
    WHERE source_id IN (SELECT lead_source_id FROM waiting)
    GROUP BY source_id
    HAVING count(*) = 1
),
by_contact AS (
    SELECT contact_key, min(lead_key) AS lead_key
    FROM (
        SELECT email_key AS contact_key, lead_key FROM lead
        UNION ALL
        SELECT phone_e164 AS contact_key, lead_key FROM lead
        UNION ALL
        SELECT mobile_e164 AS contact_key, lead_key FROM lead
    )
    WHERE contact_key IN (SELECT contact_key FROM waiting)
    GROUP BY contact_key
)
SELECT
    waiting.row_id,
    coalesce(own.lead_key, by_any_id.lead_key, by_contact.lead_key) AS lead_key,
    own.lead_key IS NOT NULL AS is_own
FROM waiting
LEFT JOIN lead AS own
    ON waiting.source_system = own.source_system AND waiting.lead_source_id = own.source_id
LEFT JOIN by_any_id
    ON
        waiting.lead_source_id = by_any_id.source_id
        AND waiting.source_system NOT IN (SELECT source_system FROM lead_sources)
LEFT JOIN by_contact ON waiting.contact_key = by_contact.contact_key
WHERE coalesce(own.lead_key, by_any_id.lead_key, by_contact.lead_key) IS NOT NULL
