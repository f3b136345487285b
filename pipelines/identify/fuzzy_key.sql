-- purpose: reduce what leads are compared by to numbers: the texts of all would not fit
-- grain: one row per lead of whom enough is known to compare
-- reads: leads as fuzzy_spelt.sql says, filled in; identify_changed    writes: temp table fuzzy_key
-- parameters: those of fuzzy_spelt.sql
CREATE OR REPLACE TEMP TABLE fuzzy_key AS
SELECT
    lead_key,
    lead_key IN (SELECT lead_key FROM identify_changed) AS is_changed,
    key_of(first_name) AS first_name,
    key_of(left(first_name, 3)) AS first_start,
    key_of(last_name) AS last_name,
    key_of(left(last_name, 3)) AS last_start,
    key_of(company) AS company,
    key_of(street) AS street,
    key_of(city) AS city,
    key_of(left(city, 3)) AS city_start,
    key_of(postal_code) AS postal_code,
    key_of(email) AS email,
    key_of(nullif(split_part(email, '@', 1), '')) AS email_user,
    key_of(phone) AS phone,
    key_of(birth_date) AS birth_date,
    key_of(person_number) AS person_number
FROM ({spelt})
