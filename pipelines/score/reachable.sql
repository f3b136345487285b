-- purpose: which channels are open for each listed lead, for the words of the stated order
-- grain: one row per listed lead
-- reads: decision    writes: nothing
SELECT
    lead_key,
    email_reasons = 0 AS email,
    phone_reasons = 0 AS phone,
    ai_voice_reasons = 0 AS ai_voice,
    sms_reasons = 0 AS sms,
    mail_reasons = 0 AS mail
FROM decision
WHERE verdict = 'listed'
