-- purpose: find the shared e-mail addresses that may belong to one person
-- grain: one row per address; anchor_key, its first lead, stands for it
-- reads: email_group, shared_point    writes: temp table trusted_email
-- parameters: $nameless: local parts
CREATE OR REPLACE TEMP TABLE trusted_email AS
SELECT email_key, anchor_key
FROM email_group
WHERE email_key NOT IN (
        SELECT point FROM shared_point WHERE kind = 'email' AND reason = 'crowded')
    -- a role address belongs to a desk and a made-up one to nobody, tagged or not
    AND split_part(split_part(email_key, '@', 1), '+', 1) NOT IN (SELECT unnest($nameless))
