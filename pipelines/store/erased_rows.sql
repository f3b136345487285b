-- purpose: find the rows that name an erased person
-- grain:   one row per row that does
-- reads:   erased_key (temporary), and what is filled in: row_id and the canonical text
-- writes:  nothing
-- params:  tag_prefix, inner_pad, outer_pad: see pipelines.settings.contact_keys
SELECT DISTINCT candidate.row_id
FROM (__candidates__) AS candidate
JOIN erased_key ON erased_key.tag = tag_hex($tag_prefix, candidate.text)
-- A tag is cheap and chooses; the HMAC decides.
WHERE erased_key.key_hmac = hmac_hex($inner_pad::BLOB, $outer_pad::BLOB, candidate.text)
