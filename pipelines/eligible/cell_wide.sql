-- purpose: put the five channels of a policy cell side by side, with what the cell says of those of
--          whom nothing is known that a policy row could count: they are the many
-- grain:   one row per region, class of party and kind of number
-- reads:   eligible_cell    writes: temporary table eligible_cell_wide
CREATE OR REPLACE TEMP TABLE eligible_cell_wide AS
WITH packed AS (
    SELECT region, party, is_mobile, channel, {
        'is_open': is_open, 'is_forbidden': is_forbidden,
        'purchase_since': purchase_since, 'inquiry_since': inquiry_since,
        'registries': registries, 'feed_bits': feed_bits,
        'exempt_purchase_since': exempt_purchase_since,
        'exempt_inquiry_since': exempt_inquiry_since
    } AS cell
    FROM eligible_cell
),
wide AS (
    SELECT
        region, party, is_mobile,
        any_value(cell) FILTER (WHERE channel = 'email') AS email,
        any_value(cell) FILTER (WHERE channel = 'phone') AS phone,
        any_value(cell) FILTER (WHERE channel = 'ai_voice') AS ai_voice,
        any_value(cell) FILTER (WHERE channel = 'sms') AS sms,
        any_value(cell) FILTER (WHERE channel = 'mail') AS mail
    FROM (SELECT DISTINCT region FROM packed) AS region
    CROSS JOIN (SELECT unnest(['organisation', 'sole_trader', 'consumer']) AS party) AS party
    CROSS JOIN (SELECT unnest([false, true]) AS is_mobile) AS kind
    LEFT JOIN packed USING (region, party, is_mobile)
    GROUP BY region, party, is_mobile
)
SELECT *,
       policy_bits(email, NULL, 0, NULL, NULL) AS email_bits,
       policy_bits(phone, NULL, 0, NULL, NULL) AS phone_bits,
       policy_bits(ai_voice, NULL, 0, NULL, NULL) AS ai_voice_bits,
       policy_bits(sms, NULL, 0, NULL, NULL) AS sms_bits,
       policy_bits(mail, NULL, 0, NULL, NULL) AS mail_bits
FROM wide
