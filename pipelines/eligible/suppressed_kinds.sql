-- purpose: name the kinds of suppressions in force, whether all of a kind have a tag, and what made
--          the plain hashes
-- grain:   one row per kind and digest (null: none, or nobody knows)
-- reads:   suppression    writes: nothing (kind, digest, is_tagged)
-- params:  as_of
SELECT kind, digest, bool_and(tag IS NOT NULL) AS is_tagged
FROM suppression
WHERE until IS NULL OR until > $as_of
GROUP BY kind, digest
