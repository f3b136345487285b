-- purpose: (source_system, source_id) names one lead
-- grain: one number, the violations
-- reads: lead
SELECT count(*)
FROM (SELECT 1 FROM lead GROUP BY source_system, source_id HAVING count(*) > 1)
