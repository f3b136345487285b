-- purpose: name the leads that share an e-mail address which may belong to one person
-- grain: one row per lead
-- reads: scoped_lead, email_group, shared_point    writes: temp table email_member
-- parameters: $nameless: local parts
CREATE OR REPLACE TEMP TABLE email_member AS
WITH shared AS (
    SELECT email_key, anchor_key, leads
    FROM email_group
    WHERE email_key NOT IN (
            SELECT point FROM shared_point WHERE kind = 'email' AND reason = 'crowded')
        -- a role address belongs to a desk and a made-up one to nobody, tagged or not
        AND split_part(split_part(email_key, '@', 1), '+', 1) NOT IN (
            SELECT unnest($nameless))
)
SELECT
    lead.email_key, shared.anchor_key, lead.lead_key,
    first_of(lead.first_name, lead.full_name) AS first_name,
    last_of(lead.last_name, lead.full_name) AS last_name,
    generation_of(lead.first_name, lead.last_name, lead.full_name) AS generation
FROM scoped_lead AS lead
JOIN shared USING (email_key)
