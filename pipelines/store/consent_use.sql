-- purpose: say what counts as a use of consent: every approach on its channel that got through to the
--          right person; a call of an AI is a use of consent to AI calls alone
-- grain:   one row per approach
-- reads:   activity, contact_attempt    writes: temporary macro consent_use
CREATE OR REPLACE TEMP MACRO consent_use() AS TABLE
SELECT lead_key, "at",
       CASE channel WHEN 'call' THEN CASE actor WHEN 'ai' THEN 'ai_voice' ELSE 'phone' END
           ELSE channel END AS channel
FROM activity
WHERE direction = 'out' AND channel IN ('call', 'email', 'sms')
UNION ALL
SELECT lead_key, "at", channel
FROM contact_attempt
WHERE disposition NOT IN ('bounced', 'wrong_number', 'left_company')
