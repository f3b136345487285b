-- purpose: bind the leads of a cluster that was not believed whole together
-- grain: one row per lead
-- reads: cluster_frame (registered)    writes: bound_lead (appends)
-- parameters: $at
INSERT INTO bound_lead BY NAME
SELECT group_key, lead_key, reason, $at::TIMESTAMP AS since
FROM cluster_frame
ORDER BY reason, lead_key
