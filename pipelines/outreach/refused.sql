-- purpose: listed leads against whom something speaks by now, whenever it was recorded
-- grain: one row per listed lead
-- reads: listed_frame (lead_key), dedupe_link, lead, lead_snapshot, consent_event, contact_attempt, activity,
--   outcome, static_label, customer    writes: nothing
-- parameters: $channel
-- Written from the events alone, sharing nothing with the eligibility stage: what that stage missed,
-- or what was loaded since, stops here. Whoever shares a contact point with the person counts too.
WITH person_lead AS (
    SELECT listed_frame.lead_key AS listed_lead_key, lead.*
    FROM listed_frame
    JOIN dedupe_link AS mine USING (lead_key)
    JOIN dedupe_link AS others USING (person_key)
    JOIN lead ON lead.lead_key = others.lead_key
),
point AS (
    SELECT listed_lead_key, lower(email_key) AS point FROM person_lead WHERE email_key IS NOT NULL
    UNION
    SELECT listed_lead_key, phone_e164 FROM person_lead WHERE phone_e164 IS NOT NULL
    UNION
    SELECT listed_lead_key, mobile_e164 FROM person_lead WHERE mobile_e164 IS NOT NULL
),
-- an address is the person's also when it is not in use any more
ever AS (
    SELECT listed_lead_key, point FROM point
    UNION
    SELECT listed_lead_key, unnest([lower(former.email_key), former.phone_e164, former.mobile_e164])
    FROM person_lead JOIN lead_snapshot AS former USING (lead_key)
),
former AS (
    SELECT lead_key, unnest([lower(email_key), phone_e164, mobile_e164]) AS point
    FROM lead_snapshot
),
sharer AS (
    SELECT point.listed_lead_key, lead.lead_key
    FROM point JOIN lead ON lower(lead.email_key) = point.point
    UNION
    SELECT point.listed_lead_key, lead.lead_key
    FROM point JOIN lead ON lead.phone_e164 = point.point
    UNION
    SELECT point.listed_lead_key, lead.lead_key
    FROM point JOIN lead ON lead.mobile_e164 = point.point
    UNION
    SELECT point.listed_lead_key, former.lead_key FROM point JOIN former USING (point)
    UNION
    SELECT listed_lead_key, lead_key FROM person_lead
    UNION
    -- who was one person with them once, or may be
    SELECT person_lead.listed_lead_key, other.lead_key
    FROM person_lead
    JOIN bound_lead AS own USING (lead_key)
    JOIN bound_lead AS other ON other.reason = own.reason AND other.group_key = own.group_key
),
refusal AS (
    SELECT lead_key, lower(contact_key) AS point
    FROM consent_event
    WHERE status = 'objected_profiling'
        OR (status = 'opt_out' AND (channel IS NULL OR channel = $channel
            OR (channel = 'phone' AND $channel IN ('ai_voice', 'sms'))))
    UNION ALL
    SELECT lead_key, lower(contact_key)
    FROM contact_attempt
    WHERE disposition IN ('opted_out', 'complaint')
        OR (disposition = 'wrong_number' AND $channel IN ('phone', 'ai_voice', 'sms'))
    UNION ALL
    SELECT lead_key, lower(contact_key)
    FROM activity
    WHERE lower(trim(result)) IN (
        'opted_out', 'opt_out', 'opted out', 'unsubscribed', 'unsubscribe', 'complaint',
        'spam complaint', 'do_not_call', 'do not call')
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
SELECT listed_lead_key FROM sharer
WHERE lead_key IN (SELECT lead_key FROM refusal WHERE lead_key IS NOT NULL)
UNION
SELECT listed_lead_key FROM ever
WHERE point IN (SELECT point FROM refusal WHERE point IS NOT NULL)
UNION
SELECT listed_lead_key FROM point
WHERE point IN (SELECT lower(contact_key) FROM customer WHERE contact_key IS NOT NULL)
