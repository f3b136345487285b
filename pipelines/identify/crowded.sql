-- purpose: note the contact points that more leads have than one person can
-- grain: one row per contact point
-- reads: email_group, number_group    writes: shared_point
-- parameters: $max_leads
INSERT INTO shared_point
SELECT 'email', email_key, 'crowded', leads FROM email_group WHERE leads > $max_leads
UNION ALL
SELECT 'phone', number, 'crowded', leads FROM number_group WHERE leads > $max_leads
