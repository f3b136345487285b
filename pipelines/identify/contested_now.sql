-- purpose: note the e-mail addresses whose leads have conflicting names
-- grain: one row per address
-- reads: contested_email, email_group    writes: shared_point
INSERT INTO shared_point
SELECT 'email', email_key, 'contested', leads FROM contested_email JOIN email_group USING (email_key)
