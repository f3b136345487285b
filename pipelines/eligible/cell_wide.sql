-- purpose: put the five channels of a policy cell side by side
-- grain:   one row per region, class of party and kind of number
-- reads:   eligible_cell    writes: temporary table eligible_cell_wide
CREATE OR REPLACE TEMP TABLE eligible_cell_wide AS
SELECT
    region, party, is_mobile,
    any_value(cell) FILTER (WHERE channel = 'email') AS email,
    any_value(cell) FILTER (WHERE channel = 'phone') AS phone,
    any_value(cell) FILTER (WHERE channel = 'ai_voice') AS ai_voice,
    any_value(cell) FILTER (WHERE channel = 'sms') AS sms,
    any_value(cell) FILTER (WHERE channel = 'mail') AS mail
FROM (
    SELECT region, party, is_mobile, channel, {
        'is_open': is_open, 'is_forbidden': is_forbidden,
        'purchase_since': purchase_since, 'inquiry_since': inquiry_since,
        'registries': registries, 'feed_bits': feed_bits,
        'exempt_purchase_since': exempt_purchase_since,
        'exempt_inquiry_since': exempt_inquiry_since
    } AS cell
    FROM eligible_cell
) AS packed
GROUP BY region, party, is_mobile
