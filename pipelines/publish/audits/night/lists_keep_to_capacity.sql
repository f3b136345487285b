-- purpose: no lane hands out more than its quota
-- grain: one number, the violations
-- reads: decision, capacity
SELECT count(*)
FROM (
    SELECT channel, handler, count(*) AS listed
    FROM decision
    WHERE verdict = 'listed'
    GROUP BY channel, handler
) AS lane
LEFT JOIN capacity USING (channel, handler)
WHERE lane.listed > coalesce(capacity.quota, 0)
