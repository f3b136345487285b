-- purpose: spell what tells people apart in one way, for leads of whom enough is known to compare
-- grain: one row per lead
-- reads: lead, identity_value    writes: nothing
-- parameters: $nameless: local parts of addresses that are nobody's; $shared_hosts: hosts where
--   anybody has an address, and below which; $made_up: expression of numbers that are nobody's;
--   which leads is filled in
-- A word that stands for nothing is no value: it would agree with every other such word.
WITH spelt AS (
    SELECT
        lead.lead_key,
        coalesce(said_generation('- ' || value.suffix),
            generation_of(first_name, last_name, full_name)) AS generation,
        words(without_generation(coalesce(first_name, split_part(trim(full_name), ' ', 1))))
            AS first_name,
        words(without_generation(coalesce(last_name, CASE WHEN contains(trim(full_name), ' ')
            THEN split_part(without_generation(trim(full_name)), ' ', -1) END))) AS last_name,
        words(company) AS company,
        words(coalesce(value.house_number || ' ' || street, street)) AS street,
        words(coalesce(city, value.suburb)) AS city,
        replace(words(postal_code), ' ', '') AS postal_code,
        -- a desk's address says no more than the company
        CASE WHEN split_part(split_part(email_key, '@', 1), '+', 1) NOT IN (SELECT unnest($nameless))
            THEN lower(email_key) END AS email,
        coalesce(phone_e164, mobile_e164,
            nullif(regexp_replace(coalesce(phone, mobile), '[^0-9]', '', 'g'), '')) AS phone,
        coalesce(mobile_e164, CASE WHEN line_type = 'mobile' THEN phone_e164 END) AS mobile,
        words(title) AS title,
        value.birth_date,
        value.person_number
    FROM lead
    LEFT JOIN identity_value AS value USING (lead_key)
    SEMI JOIN {some} AS chosen USING (lead_key)
),
-- a number of nobody's tells nothing
told AS (
    SELECT * REPLACE (
            CASE WHEN NOT regexp_matches(phone, $made_up) THEN phone END AS phone,
            CASE WHEN NOT regexp_matches(mobile, $made_up) THEN mobile END AS mobile),
        split_part(email, '@', 2) AS host
    FROM spelt
)
SELECT * EXCLUDE (host),
    CASE WHEN host NOT IN (SELECT unnest($shared_hosts))
            AND regexp_extract(host, '[^.]+\.[^.]+$') NOT IN (SELECT unnest($shared_hosts))
            AND regexp_extract(host, '[^.]+\.[^.]+\.[^.]+$') NOT IN (SELECT unnest($shared_hosts))
        THEN host END AS firm_host
FROM told
WHERE coalesce(first_name, last_name, company) IS NOT NULL
    AND (first_name IS NOT NULL)::INTEGER + (last_name IS NOT NULL)::INTEGER
        + (company IS NOT NULL)::INTEGER + (street IS NOT NULL)::INTEGER
        + (city IS NOT NULL)::INTEGER + (postal_code IS NOT NULL)::INTEGER
        + (email IS NOT NULL)::INTEGER + (phone IS NOT NULL)::INTEGER
        + (birth_date IS NOT NULL)::INTEGER + (person_number IS NOT NULL)::INTEGER > 2
