-- purpose: count persons per channel and mask; there are few different masks
-- grain:   one row per channel and mask
-- reads:   eligibility
SELECT 'email' AS channel, email_reasons AS mask, count(*) AS persons FROM eligibility GROUP BY mask
UNION ALL
SELECT 'phone', phone_reasons, count(*) FROM eligibility GROUP BY phone_reasons
UNION ALL
SELECT 'ai_voice', ai_voice_reasons, count(*) FROM eligibility GROUP BY ai_voice_reasons
UNION ALL
SELECT 'sms', sms_reasons, count(*) FROM eligibility GROUP BY sms_reasons
UNION ALL
SELECT 'mail', mail_reasons, count(*) FROM eligibility GROUP BY mail_reasons
