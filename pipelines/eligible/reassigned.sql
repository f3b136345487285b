-- purpose: find people whose number somebody has given up since they last came to us
-- grain:   one row per person and kind of use of the number
-- reads:   registry, person, lead, dedupe_link, eligible_own_contact
-- writes:  temporary table eligible_lead_fact (appends)
-- A row of us_rnd says when a number was disconnected for good. Whoever answers it now is somebody
-- else, unless the person came to us later. Where nothing is known of a number, nothing changes.
INSERT INTO eligible_lead_fact
WITH given_up AS (
    SELECT contact_key AS number, max(coalesce(screened_at, ingested_at)) AS given_up_at
    FROM registry
    WHERE registry = 'us_rnd' AND contact_key IS NOT NULL
    GROUP BY contact_key
),
used AS (
    SELECT lead.lead_key, person.person_key, use.number, use.channels
    FROM (
        SELECT lead_key, call_point(phone_e164, mobile_e164) AS number, 6 AS channels
        FROM lead WHERE country = 'US'
        UNION ALL
        SELECT lead_key, text_point(phone_e164, mobile_e164, line_type), 8
        FROM lead WHERE country = 'US'
    ) AS use
    JOIN given_up USING (number)
    JOIN person ON person.representative_lead_key = use.lead_key
    JOIN lead ON lead.lead_key = use.lead_key
),
own AS (
    SELECT used.person_key, max(coalesce(touch.own_at, member.created_at)) AS own_at
    FROM (SELECT DISTINCT person_key FROM used) AS used
    JOIN dedupe_link USING (person_key)
    JOIN lead AS member ON member.lead_key = dedupe_link.lead_key
    LEFT JOIN eligible_own_contact AS touch ON touch.lead_key = dedupe_link.lead_key
    GROUP BY used.person_key
)
SELECT used.lead_key, used.channels, r_number_reassigned(), 0
FROM used
JOIN given_up USING (number)
JOIN own USING (person_key)
WHERE coalesce(own.own_at < given_up.given_up_at, true)
