-- purpose: join leads that their source has merged itself
-- grain: one row per pair of leads
-- reads: scoped_lead, lead_merge    writes: nothing (lead_key, other_lead_key)
WITH told AS (
    SELECT source_system, source_id AS absorbed_id, merged_into_id AS master_id
    FROM scoped_lead
    WHERE merged_into_id IS NOT NULL
    UNION
    SELECT source_system, absorbed_id, master_id FROM lead_merge
)
SELECT DISTINCT
    greatest(absorbed.lead_key, master.lead_key) AS lead_key,
    least(absorbed.lead_key, master.lead_key) AS other_lead_key
FROM told
JOIN scoped_lead AS absorbed
    ON told.source_system = absorbed.source_system AND told.absorbed_id = absorbed.source_id
JOIN scoped_lead AS master
    ON told.source_system = master.source_system AND told.master_id = master.source_id
WHERE absorbed.lead_key <> master.lead_key
