-- purpose: name the addresses and numbers that leads had before a newer export changed them
-- grain:   one row per lead and former contact point, as it was and folded
-- reads:   lead_snapshot    writes: temporary table eligible_former_point
-- A no is the person's, not the address's: what names the old one still means who had it.
CREATE OR REPLACE TEMP TABLE eligible_former_point AS
SELECT DISTINCT lead_key, unnest([point, folded_key(point)]) AS point
FROM (
    SELECT lead_key, email_key AS point FROM lead_snapshot WHERE email_key IS NOT NULL
    UNION ALL
    SELECT lead_key, phone_e164 FROM lead_snapshot WHERE phone_e164 IS NOT NULL
    UNION ALL
    SELECT lead_key, mobile_e164 FROM lead_snapshot WHERE mobile_e164 IS NOT NULL
)
