-- purpose: attach child rows to the leads they name
-- grain: one row per child row that finds a lead, or a better one than it has
-- reads: lead, lead_snapshot, lead_merge, the table filled in
-- writes: temp table attached
-- parameters: $max_leads; the table and its contact_key are filled in
-- A row belongs to the lead of its own source with that id, or to the one that absorbed it; else,
-- when its source has no leads of its own, to the only lead of any source with that id; else to the
-- oldest lead with that e-mail, or that phone or mobile number; else to the oldest that had it.
-- What more than $max_leads leads share tells of nobody. A row that names an id and was attached
-- by its contact point moves to the lead with the id when that comes, and nothing else moves.
CREATE OR REPLACE TEMP TABLE attached AS
WITH RECURSIVE lead_sources AS (
    SELECT DISTINCT source_system
    FROM lead
),
waiting AS (
    SELECT
        rowid AS row_id,
        lead_key IS NULL AS is_waiting,
        source_system,
        lead_source_id,
        __contact_key__ AS contact_key
    FROM __table__
    WHERE
        lead_key IS NULL
        OR (
            lead_source_id IS NOT NULL
            AND source_system IN (SELECT source_system FROM lead_sources)
        )
),
-- Who absorbed the lead of that name, and who absorbed that one.
line AS (
    SELECT DISTINCT source_system, lead_source_id AS name, lead_source_id AS master_id, 0 AS step
    FROM waiting
    WHERE lead_source_id IN (SELECT absorbed_id FROM lead_merge)
    UNION ALL
    SELECT line.source_system, line.name, lead_merge.master_id, line.step + 1
    FROM line
    INNER JOIN lead_merge
        ON
            line.source_system = lead_merge.source_system
            AND line.master_id = lead_merge.absorbed_id
    WHERE line.step < 20
),
by_master AS (
    SELECT line.source_system, line.name, arg_min(lead.lead_key, (line.step, lead.lead_key)) AS lead_key
    FROM line
    INNER JOIN lead
        ON line.source_system = lead.source_system AND line.master_id = lead.source_id
    GROUP BY line.source_system, line.name
),
by_any_id AS (
    SELECT source_id, min(lead_key) AS lead_key
    FROM lead
    WHERE source_id IN (SELECT lead_source_id FROM waiting WHERE is_waiting)
    GROUP BY source_id
    HAVING count(*) = 1
),
named_contact AS (
    SELECT DISTINCT contact_key
    FROM waiting
    WHERE is_waiting AND contact_key IS NOT NULL
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
    WHERE contact_key IN (SELECT contact_key FROM named_contact)
    GROUP BY contact_key
    HAVING count(DISTINCT lead_key) <= $max_leads
),
by_former_contact AS (
    SELECT contact_key, min(lead_key) AS lead_key
    FROM (
        SELECT email_key AS contact_key, lead_key FROM lead_snapshot
        UNION ALL
        SELECT phone_e164 AS contact_key, lead_key FROM lead_snapshot
        UNION ALL
        SELECT mobile_e164 AS contact_key, lead_key FROM lead_snapshot
    )
    WHERE contact_key IN (SELECT contact_key FROM named_contact)
    GROUP BY contact_key
    HAVING count(DISTINCT lead_key) <= $max_leads
),
found AS (
    SELECT
        waiting.row_id,
        waiting.is_waiting,
        own.lead_key AS own_key,
        coalesce(
            own.lead_key,
            by_master.lead_key,
            by_any_id.lead_key,
            by_contact.lead_key,
            by_former_contact.lead_key
        ) AS lead_key
    FROM waiting
    LEFT JOIN lead AS own
        ON waiting.source_system = own.source_system AND waiting.lead_source_id = own.source_id
    LEFT JOIN by_master
        ON
            waiting.source_system = by_master.source_system
            AND waiting.lead_source_id = by_master.name
    LEFT JOIN by_any_id
        ON
            waiting.lead_source_id = by_any_id.source_id
            AND waiting.source_system NOT IN (SELECT source_system FROM lead_sources)
    LEFT JOIN by_contact ON waiting.contact_key = by_contact.contact_key
    LEFT JOIN by_former_contact ON waiting.contact_key = by_former_contact.contact_key
)
SELECT row_id, lead_key, own_key IS NOT NULL AS is_own
FROM found
WHERE CASE WHEN is_waiting THEN lead_key IS NOT NULL ELSE own_key IS NOT NULL END
