-- purpose: a mailbox or a number is used for one person a night
-- grain: one number, the violations
-- reads: decision, lead
SELECT count(*) - count(DISTINCT (channel, point))
FROM (
    SELECT
        decision.channel,
        CASE decision.channel
            WHEN 'email' THEN lower(lead.email_key)
            WHEN 'sms' THEN coalesce(lead.mobile_e164, lead.phone_e164)
            ELSE coalesce(lead.phone_e164, lead.mobile_e164)
        END AS point
    FROM decision
    JOIN lead USING (lead_key)
    WHERE decision.verdict = 'listed' AND decision.channel <> 'mail'
)
WHERE point IS NOT NULL
