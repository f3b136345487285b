-- purpose: name the leads that share a number which may belong to one person
-- grain: one row per lead and number
-- reads: scoped_lead, number_group, shared_point    writes: temp table number_member
-- parameters: $made_up: expression of numbers that are nobody's
CREATE OR REPLACE TEMP TABLE number_member AS
WITH shared AS (
    SELECT number
    FROM number_group
    WHERE number NOT IN (
            SELECT point FROM shared_point WHERE kind = 'phone' AND reason = 'crowded')
        AND NOT regexp_matches(number, $made_up)
),
held AS (
    SELECT lead_key, number FROM scoped_lead JOIN shared ON phone_e164 = number
    UNION
    SELECT lead_key, number FROM scoped_lead JOIN shared ON mobile_e164 = number
)
SELECT
    held.number, lead.lead_key, lead.mobile_e164,
    coalesce(lead.mobile_e164 = held.number, false) AS is_mobile,
    untagged(lead.email_key) AS email,
    split_part(lead.email_key, '@', 2) AS mail_host,
    words(lead.company) AS company,
    words(lead.city) AS city,
    first_of(lead.first_name, lead.full_name) AS first_name,
    last_of(lead.last_name, lead.full_name) AS last_name,
    generation_of(lead.first_name, lead.last_name, lead.full_name) AS generation
FROM held
JOIN scoped_lead AS lead USING (lead_key)
