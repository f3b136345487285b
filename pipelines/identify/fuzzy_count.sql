-- purpose: count the pairs of all blocks, and those that are compared
-- grain: one row per block that compares any
-- reads: fuzzy_member    writes: nothing (block, pairs)
SELECT block, sum(leads * (leads - 1) // 2)::BIGINT AS pairs
FROM (SELECT block, key, count(*) AS leads FROM fuzzy_member GROUP BY block, key)
GROUP BY block
ORDER BY block
