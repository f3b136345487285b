-- purpose: name the contact points of objectors: who shares one is not contacted there
-- grain:   one row per contact point (folded e-mail address, or E.164 number)
-- reads:   eligible_person_fact, dedupe_link, lead, eligible_former_point
-- writes:  temporary table eligible_objected_point
CREATE OR REPLACE TEMP TABLE eligible_objected_point AS
WITH objector AS (
    SELECT person_key,
           bit_if(email & objection_bits() <> 0, 1) | bit_if(phone & objection_bits() <> 0, 2)
           | bit_if(ai_voice & objection_bits() <> 0, 4)
           | bit_if(sms & objection_bits() <> 0, 8) AS channels
    FROM eligible_person_fact
),
point AS (
    SELECT objector.channels, lead.email_key, lead.phone_e164, lead.mobile_e164
    FROM objector
    JOIN dedupe_link USING (person_key)
    JOIN lead USING (lead_key)
    WHERE objector.channels <> 0
)
SELECT name, bit_or(channels) AS channels
FROM (
    SELECT folded_email(email_key) AS name, channels & 1 AS channels FROM point
    UNION ALL SELECT phone_e164, channels & 14 FROM point
    UNION ALL SELECT mobile_e164, channels & 14 FROM point
    UNION ALL
    SELECT former.point,
        objector.channels & CASE WHEN contains(former.point, '@') THEN 1 ELSE 14 END
    FROM objector
    JOIN dedupe_link USING (person_key)
    JOIN eligible_former_point AS former USING (lead_key)
) AS named
WHERE name IS NOT NULL AND channels <> 0
GROUP BY name
