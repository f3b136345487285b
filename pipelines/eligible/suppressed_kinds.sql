-- purpose: name the kinds of suppressions in force, and whether all of a kind have a tag
-- grain:   one row per kind
-- reads:   suppression, suppression_tag (temporary)    writes: nothing (kind, is_tagged)
-- params:  as_of
SELECT suppression.kind, bool_and(tagged.key_hmac IS NOT NULL) AS is_tagged
FROM suppression
LEFT JOIN suppression_tag AS tagged ON tagged.key_hmac = lower(suppression.key_hmac)
WHERE suppression.until IS NULL OR suppression.until > $as_of
GROUP BY suppression.kind
