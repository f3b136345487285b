-- purpose: find the leads that another lead of their source has absorbed and that nobody closed yet
-- grain: one row per such lead
-- reads: lead, lead_merge
-- writes: temp table absorbed
-- parameters: $source_system
-- The lead that says so may have come before or after the one it absorbed.
CREATE OR REPLACE TEMP TABLE absorbed AS
SELECT lead.lead_key, min(lead_merge.master_id) AS master_id
FROM lead_merge
INNER JOIN lead
    ON
        lead.source_system = lead_merge.source_system
        AND lead.source_id = lead_merge.absorbed_id
        AND lead.merged_into_id IS NULL
WHERE lead_merge.source_system = $source_system
GROUP BY lead.lead_key
