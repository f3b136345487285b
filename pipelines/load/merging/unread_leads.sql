-- purpose: find the leads that set-aside records name, also those that came later
-- grain: one row per open name and lead it is the name of
-- reads: salvaged_row, load_file, lead
-- writes: salvaged_row
-- parameters: none
-- What was found stays found, whatever becomes of the lead's address.
INSERT INTO salvaged_row BY NAME
WITH open_name AS (
    SELECT DISTINCT
        unread.batch_id,
        unread.row_number,
        unread.line,
        unread.byte_offset,
        unread.row_id,
        load_file.source_system,
        split_part(unread.row_id, ':', 1) AS kind,
        substr(unread.row_id, instr(unread.row_id, ':') + 1) AS name
    FROM salvaged_row AS unread
    INNER JOIN load_file ON unread.batch_id = load_file.batch_id
    WHERE unread.table_name = 'set aside' AND unread.reviewed_by IS NULL
),
found AS (
    SELECT open_name.*, lead.lead_key
    FROM open_name
    INNER JOIN lead ON open_name.name = lead.source_id
    WHERE
        open_name.kind = 'id'
        AND (
            open_name.source_system = lead.source_system
            OR open_name.source_system NOT IN (SELECT source_system FROM lead)
        )
    UNION
    -- Salesforce writes one id with 15 characters or with 18
    SELECT open_name.*, lead.lead_key
    FROM open_name
    INNER JOIN lead
        ON
            open_name.source_system = lead.source_system
            AND open_name.name = left(lead.source_id, 15)
    WHERE open_name.kind = 'id' AND length(open_name.name) = 15 AND length(lead.source_id) = 18
    UNION
    SELECT open_name.*, lead.lead_key
    FROM open_name
    INNER JOIN lead ON open_name.name = lower(lead.email_key)
    WHERE open_name.kind = 'email'
    UNION
    SELECT open_name.*, lead.lead_key
    FROM open_name
    INNER JOIN lead ON open_name.name = right(lead.phone_e164, 9)
    WHERE open_name.kind = 'phone'
    UNION
    SELECT open_name.*, lead.lead_key
    FROM open_name
    INNER JOIN lead ON open_name.name = right(lead.mobile_e164, 9)
    WHERE open_name.kind = 'phone'
)
SELECT
    batch_id,
    row_number,
    line,
    byte_offset,
    'set aside' AS repair,
    'set aside' AS table_name,
    row_id,
    lead_key
FROM found
ANTI JOIN (
    SELECT batch_id, row_number, row_id, lead_key
    FROM salvaged_row
    WHERE lead_key IS NOT NULL
) AS known USING (batch_id, row_number, row_id, lead_key)
ORDER BY batch_id, row_number, lead_key
