-- purpose: note the contact points that more leads have than one person can, as just counted
-- grain: one row per contact point
-- reads: identify_count    writes: shared_point
INSERT INTO shared_point
SELECT kind, point, 'crowded', leads FROM identify_count WHERE is_crowded
