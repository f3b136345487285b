-- purpose: every lead has exactly one decision
-- grain: one number, the violations
-- reads: lead, decision
SELECT count(*)
FROM (SELECT lead_key, count(*) AS decisions FROM decision GROUP BY lead_key) AS decided
FULL JOIN lead USING (lead_key)
WHERE decided.decisions IS DISTINCT FROM 1 OR lead.source_id IS NULL
