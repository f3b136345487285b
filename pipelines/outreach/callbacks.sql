-- purpose: when the listed people asked to be contacted again, as far as the published file knows
-- grain: one row per listed lead that ever did
-- reads: kin, contact_attempt    writes: nothing
-- What somebody asked who was one person with them is not theirs.
SELECT
    kin.listed_lead_key AS lead_key,
    list({'channel': attempt.channel, 'at': attempt."at", 'callback_at': attempt.callback_at}
        ORDER BY attempt."at", attempt.callback_at) AS callbacks
FROM kin
JOIN contact_attempt AS attempt USING (lead_key)
WHERE kin.is_own AND attempt.disposition = 'callback_at' AND attempt.callback_at IS NOT NULL
GROUP BY kin.listed_lead_key
