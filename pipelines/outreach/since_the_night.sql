-- purpose: listed leads of whom the night that listed them did not know something that may close them
-- grain: one row per listed lead
-- reads: listed_frame (lead_key, channel), kin, lead, lead_snapshot, load_file, contact_attempt,
--   outcome, customer, registry, consent_event    writes: nothing
-- parameters: $published_at, when the night had ended; $as_of, before which its events lie;
--   $free_domains, which are no account's
-- Nothing is weighed here: whoever something new is known of waits for the next night, which does.
WITH fresh AS (
    SELECT batch_id FROM load_file WHERE loaded_at > $published_at
),
person_lead AS (
    SELECT kin.listed_lead_key, lead.*
    FROM kin
    JOIN lead USING (lead_key)
),
point AS (
    SELECT listed_lead_key, unnest([folded_email(email_key), phone_e164, mobile_e164]) AS point
    FROM person_lead
),
failed AS (
    SELECT lead_key, folded_key(contact_key) AS point, channel, disposition
    FROM contact_attempt
    WHERE disposition IN ('bounced', 'left_company', 'wrong_number')
        AND ("at" >= $as_of OR batch_id IN (FROM fresh))
),
met AS (
    SELECT kin.listed_lead_key, failed.channel, failed.disposition
    FROM failed JOIN kin USING (lead_key)
    UNION
    SELECT point.listed_lead_key, failed.channel, failed.disposition
    FROM failed JOIN point USING (point)
)
SELECT met.listed_lead_key
FROM met
JOIN listed_frame ON listed_frame.lead_key = met.listed_lead_key
WHERE met.disposition = 'left_company'
    OR met.channel IS NOT DISTINCT FROM listed_frame.channel
    OR (met.disposition = 'wrong_number' AND listed_frame.channel IN ('phone', 'ai_voice', 'sms'))
UNION
SELECT kin.listed_lead_key
FROM kin
JOIN outcome USING (lead_key)
WHERE outcome.milestone = 'opportunity'
    AND (outcome.occurred_at >= $as_of OR outcome.batch_id IN (FROM fresh))
UNION
SELECT person_lead.listed_lead_key
FROM person_lead
JOIN customer ON lower(customer.domain) = person_lead.email_domain
WHERE customer.batch_id IN (FROM fresh)
    AND NOT list_contains($free_domains::VARCHAR[], person_lead.email_domain)
UNION
SELECT point.listed_lead_key
FROM point
JOIN registry ON folded_key(registry.contact_key) = point.point
WHERE registry.batch_id IN (FROM fresh)
UNION
-- A double opt-in that was asked for and not confirmed may end the consent that the night had.
SELECT kin.listed_lead_key
FROM kin
JOIN consent_event USING (lead_key)
WHERE consent_event.is_confirmed = false AND consent_event.batch_id IN (FROM fresh)
UNION
SELECT point.listed_lead_key
FROM point
JOIN consent_event ON folded_key(consent_event.contact_key) = point.point
WHERE consent_event.is_confirmed = false AND consent_event.batch_id IN (FROM fresh)
UNION
-- What decides was judged as it was; what is only told to whoever writes may change.
SELECT kin.listed_lead_key
FROM kin
JOIN lead_snapshot AS former USING (lead_key)
WHERE kin.is_own
    AND former.batch_id IN (FROM fresh)
    AND len(list_filter(string_split(former.changed, ','), lambda name: trim(name) NOT IN (
        'title', 'website', 'lead_source', 'industry', 'employees', 'annual_revenue', 'rating',
        'modified_at', 'last_activity_date', 'language'))) > 0
