-- purpose: nobody is listed for a channel that any reason speaks against
-- grain: one number, the violations
-- reads: decision
SELECT count(*)
FROM decision
WHERE verdict = 'listed'
  AND coalesce(CASE channel
      WHEN 'email' THEN email_reasons
      WHEN 'phone' THEN phone_reasons
      WHEN 'ai_voice' THEN ai_voice_reasons
      WHEN 'sms' THEN sms_reasons
      WHEN 'mail' THEN mail_reasons
  END, 1) <> 0
