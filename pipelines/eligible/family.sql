-- purpose: date the last own contact of persons with several leads
-- grain:   one row per person with several leads
-- reads:   person, dedupe_link, lead, eligible_own_contact
-- writes:  temporary table eligible_family
-- A lead's own contact is its last inbound touch, else its creation; the person's is the newest of
-- its leads', so a new duplicate of an old lead counts. Null when nothing is known.
CREATE OR REPLACE TEMP TABLE eligible_family AS
SELECT person.person_key, max(coalesce(touch.own_at, lead.created_at)) AS own_at
FROM person
JOIN dedupe_link USING (person_key)
JOIN lead USING (lead_key)
LEFT JOIN eligible_own_contact AS touch USING (lead_key)
WHERE person.lead_count > 1
GROUP BY person.person_key
