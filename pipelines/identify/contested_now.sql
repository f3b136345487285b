-- purpose: note the contact points where names conflict, or one may be short for two
-- grain: one row per contact point
-- reads: contested_email, email_group, contested_number, trusted_number,
--   number_group    writes: shared_point
INSERT INTO shared_point
SELECT 'email', email_key, 'contested', leads FROM contested_email JOIN email_group USING (anchor_key)
UNION ALL
SELECT 'phone', number, 'contested', leads
FROM contested_number
JOIN trusted_number USING (number_id)
JOIN number_group USING (number)
