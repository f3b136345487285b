-- purpose: find the leads whose joins may differ from what is stored
-- grain: one row per such lead; may name leads that are gone
-- reads: lead, lead_merge, identify_changed, identify_gone, identify_count, fuzzy_frame
--   (registered), identified_batch    writes: temp table identify_seed
CREATE OR REPLACE TEMP TABLE identify_seed AS
WITH email AS (SELECT point FROM identify_count WHERE kind = 'email' AND is_touched),
number AS (SELECT point FROM identify_count WHERE kind = 'phone' AND is_touched),
own AS (
    SELECT source_system, source_id, merged_into_id
    FROM lead SEMI JOIN identify_changed USING (lead_key)
),
partner AS (
    SELECT source_system, merged_into_id AS source_id FROM own WHERE merged_into_id IS NOT NULL
    UNION
    SELECT lead.source_system, lead.source_id
    FROM lead
    SEMI JOIN own
        ON lead.source_system = own.source_system AND lead.merged_into_id = own.source_id
    WHERE lead.merged_into_id IS NOT NULL
    UNION
    SELECT told.source_system, unnest([told.absorbed_id, told.master_id])
    FROM lead_merge AS told
    WHERE told.batch_id NOT IN (SELECT batch_id FROM identified_batch)
        OR (told.source_system, told.absorbed_id) IN (SELECT (source_system, source_id) FROM own)
        OR (told.source_system, told.master_id) IN (SELECT (source_system, source_id) FROM own)
)
SELECT lead_key FROM identify_changed
UNION
SELECT lead_key FROM identify_gone
UNION
SELECT lead_key FROM lead WHERE email_key IN (SELECT point FROM email)
UNION
SELECT lead_key FROM lead WHERE phone_e164 IN (SELECT point FROM number)
UNION
SELECT lead_key FROM lead WHERE mobile_e164 IN (SELECT point FROM number)
UNION
SELECT lead_key FROM lead SEMI JOIN partner USING (source_system, source_id)
UNION
SELECT unnest([lead_key, other_lead_key]) FROM fuzzy_frame
