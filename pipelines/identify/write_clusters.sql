-- purpose: bind the leads of a cluster too large to be believed together
-- grain: one row per lead
-- reads: cluster_frame (registered)    writes: bound_lead (appends)
-- parameters: $at
INSERT INTO bound_lead BY NAME
SELECT group_key, lead_key, 'oversized' AS reason, $at::TIMESTAMP AS since
FROM cluster_frame
ORDER BY lead_key
