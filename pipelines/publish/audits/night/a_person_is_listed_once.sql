-- purpose: nobody is on the list twice
-- grain: one number, the violations
-- reads: decision
SELECT count(*) - count(DISTINCT person_key) FROM decision WHERE verdict = 'listed'
