-- purpose: listed leads against whom something speaks by now, whenever it was recorded
-- grain: one row per listed lead
-- reads: listed_frame (lead_key, channel), kin, lead, lead_snapshot, consent_event,
--   contact_attempt, activity, outcome, static_label, customer, salvaged_row    writes: nothing
-- Written from the events alone, sharing nothing with the eligibility stage: what that stage missed,
-- or what was loaded since, stops here. Whoever shares a contact point with the person counts too.
-- Addresses are folded: a no names the mailbox, however either of the two spells it.
WITH person_lead AS (
    SELECT kin.listed_lead_key, lead.*
    FROM kin
    JOIN lead USING (lead_key)
    WHERE kin.is_own
),
point AS (
    SELECT listed_lead_key, folded_email(email_key) AS point FROM person_lead WHERE email_key IS NOT NULL
    UNION
    SELECT listed_lead_key, phone_e164 FROM person_lead WHERE phone_e164 IS NOT NULL
    UNION
    SELECT listed_lead_key, mobile_e164 FROM person_lead WHERE mobile_e164 IS NOT NULL
),
-- an address is the person's also when it is not in use any more
ever AS (
    SELECT listed_lead_key, point FROM point
    UNION
    SELECT listed_lead_key, unnest([folded_email(former.email_key), former.phone_e164, former.mobile_e164])
    FROM person_lead JOIN lead_snapshot AS former USING (lead_key)
),
former AS (
    SELECT lead_key, unnest([folded_email(email_key), phone_e164, mobile_e164]) AS point
    FROM lead_snapshot
),
sharer AS (
    SELECT point.listed_lead_key, lead.lead_key
    FROM point JOIN lead ON folded_email(lead.email_key) = point.point
    UNION
    SELECT point.listed_lead_key, lead.lead_key
    FROM point JOIN lead ON lead.phone_e164 = point.point
    UNION
    SELECT point.listed_lead_key, lead.lead_key
    FROM point JOIN lead ON lead.mobile_e164 = point.point
    UNION
    SELECT point.listed_lead_key, former.lead_key FROM point JOIN former USING (point)
    UNION
    -- who was one person with them once, or may be, among them
    SELECT listed_lead_key, lead_key FROM kin
),
-- channel null: every channel
refusal AS (
    SELECT lead_key, folded_key(contact_key) AS point,
        -- one who died, or is under age, is so on every channel
        CASE
            WHEN status = 'opt_out'
                AND coalesce(lower(trim(purpose)), '') NOT IN ('deceased', 'under_age') THEN channel
        END AS channel
    FROM consent_event
    WHERE status IN ('objected_profiling', 'opt_out')
    UNION ALL
    SELECT lead_key, folded_key(contact_key),
        CASE WHEN disposition = 'wrong_number' THEN 'phone' END
    FROM contact_attempt
    WHERE disposition IN ('opted_out', 'complaint', 'wrong_number')
    UNION ALL
    SELECT lead_key, folded_key(contact_key), NULL
    FROM activity
    WHERE lower(trim(result)) IN (
        'opted_out', 'opt_out', 'opted out', 'unsubscribed', 'unsubscribe', 'complaint',
        'spam complaint', 'do_not_call', 'do not call')
),
told AS (
    SELECT sharer.listed_lead_key, refusal.channel
    FROM sharer JOIN refusal USING (lead_key)
    UNION
    SELECT ever.listed_lead_key, refusal.channel
    FROM ever JOIN refusal USING (point)
),
closed AS (
    SELECT lead_key FROM outcome WHERE milestone IN ('converted', 'won')
    UNION ALL
    SELECT lead_key FROM static_label WHERE is_positive
)
SELECT listed_lead_key
FROM person_lead
WHERE lead_key IN (SELECT lead_key FROM closed)
    OR (person_lead.listed_lead_key = person_lead.lead_key
        AND (coalesce(is_deleted, false) OR merged_into_id IS NOT NULL))
UNION
-- "do not call" covers a machine that calls and, under the US rules, a text message too
SELECT told.listed_lead_key
FROM told
JOIN listed_frame ON listed_frame.lead_key = told.listed_lead_key
WHERE told.channel IS NULL
    OR told.channel = listed_frame.channel
    OR (told.channel = 'phone' AND listed_frame.channel IN ('ai_voice', 'sms'))
    -- a text that names no known channel binds all of them
    OR told.channel NOT IN ('email', 'phone', 'ai_voice', 'sms', 'mail')
UNION
SELECT listed_lead_key FROM point
WHERE point IN (SELECT folded_key(contact_key) FROM customer WHERE contact_key IS NOT NULL)
UNION
-- about whom something was repaired that nobody has reviewed
SELECT kin.listed_lead_key
FROM kin
JOIN salvaged_row USING (lead_key)
WHERE kin.is_own AND salvaged_row.reviewed_by IS NULL
