-- purpose: keep the scored pairs that nothing tells apart: two people who are merged are worse than
--   one who is found twice
-- grain: one row per pair
-- reads: scored_frame (registered), fuzzy_record of their leads, fuzzy_key, shared_point
-- writes: nothing (lead_key, other_lead_key, weight)
-- parameters: $is_known: exact keys have joined most of what is one, so what is left needs more
--   than a name; $asks_name: also of pairs that weigh enough
-- Colleagues, families and namesakes agree in company, address and number, and a model that takes
-- these for independent believes them.
WITH pair AS (
    SELECT
        scored.lead_key, scored.other_lead_key, scored.weight, l, r,
        -- what belongs to one person and to nobody else
        coalesce(l.email = r.email, false) OR coalesce(l.birth_date = r.birth_date, false)
            OR coalesce(l.person_number = r.person_number, false)
            OR coalesce(l.mobile = r.mobile, false) AS is_personal,
        -- two firms that are called much alike
        coalesce(l.firm_host <> r.firm_host AND NOT is_start(l.company, r.company), false)
            AS is_other_host,
        CASE WHEN l.phone IN (r.phone, r.mobile) THEN l.phone
            WHEN l.mobile = r.phone THEN l.mobile END AS number
    FROM scored_frame AS scored
    JOIN fuzzy_record AS l ON l.lead_key = scored.lead_key
    JOIN fuzzy_record AS r ON r.lead_key = scored.other_lead_key
),
told AS (
    SELECT *,
        is_near(l.first_name, r.first_name) AND is_near(l.last_name, r.last_name)
            OR coalesce(is_near(l.first_name, r.last_name) AND is_near(l.last_name, r.first_name)
                AND (l.first_name = r.last_name OR l.last_name = r.first_name)
                AND l.first_name <> r.first_name, false) AS is_one_name,
        -- not mistyped, but for what is left out: Marta is not María, and nor is her mailbox
        is_start(l.first_name, r.first_name) AND is_start(l.last_name, r.last_name)
            OR coalesce(l.first_name = r.last_name AND l.last_name = r.first_name, false)
            AS is_same_name,
        coalesce(least(length(l.first_name), length(r.first_name)) > 1
            AND l.last_name IS NOT NULL AND r.last_name IS NOT NULL, false) AS is_whole_name,
        coalesce(is_near(l.title, r.title) AND l.title IS NOT NULL AND r.title IS NOT NULL, false)
            AS is_one_title,
        NOT is_near(l.title, r.title) AS is_other_title,
        coalesce(jaro_winkler_similarity(l.street, r.street) >= 0.9
            AND digits_of(l.street) = digits_of(r.street)
            AND (l.postal_code = r.postal_code OR l.city = r.city), false) AS is_one_address,
        coalesce(jaro_winkler_similarity(l.company, r.company) >= 0.9, false)
            AND NOT is_other_host AS is_one_company,
        coalesce(jaro_winkler_similarity(l.company, r.company) < 0.9, false) AS is_other_company,
        coalesce(l.city <> r.city, false) AS is_other_city,
        -- a switchboard names nobody
        coalesce(number NOT IN (
            SELECT point FROM shared_point WHERE kind = 'phone' AND reason = 'crowded'), false)
            AS is_one_number,
        -- a digit may be mistyped
        coalesce(damerau_levenshtein(l.phone, r.phone) > 1
                AND l.phone IS DISTINCT FROM r.mobile AND l.mobile IS DISTINCT FROM r.phone, false)
            OR coalesce(damerau_levenshtein(l.mobile, r.mobile) > 1, false) AS is_other_number,
        coalesce(is_mistyped(l.email, r.email), false) AND NOT is_other_host AS is_one_mailbox,
        coalesce(NOT is_mistyped(l.email, r.email), false) AS is_other_mailbox,
        -- a firm gives everybody one address
        coalesce(l.firm_host = r.firm_host, false) AS is_one_host,
        -- father and son; a date may be mistyped, and without labels it may be another altogether
        coalesce(l.generation <> r.generation, false)
            OR coalesce(damerau_levenshtein(l.birth_date, r.birth_date) > 2
                AND damerau_levenshtein(l.person_number, r.person_number) > 2, false)
            OR coalesce(damerau_levenshtein(l.birth_date, r.birth_date)
                    > CASE WHEN $is_known THEN 2 ELSE 4 END
                AND (l.person_number IS NULL OR r.person_number IS NULL)
                AND l.email IS DISTINCT FROM r.email, false)
            AS is_other_person,
        -- twins and couples have all but the name in common, and most of that
        coalesce(is_other_sex(given(l.first_name), given(r.first_name))
            AND coalesce(damerau_levenshtein(l.person_number, r.person_number) > 2, true), false)
            AS is_other_sex
    FROM pair
),
-- Where all of one name work in one firm, name and firm are one person; else a firm may have two.
named AS (
    SELECT first_name, last_name, min(company) = max(company) AS is_of_one_company
    FROM fuzzy_key
    WHERE (first_name, last_name) IN (
        SELECT (key_of(first_name), key_of(last_name)) FROM fuzzy_record)
    GROUP BY first_name, last_name
),
-- A first name that hardly anybody has may be another one mistyped.
borne AS (
    SELECT first_name, count(*) > least(3, (SELECT count(*) FROM fuzzy_key) // 1500) AS is_usual
    FROM fuzzy_key
    WHERE first_name IN (SELECT key_of(first_name) FROM fuzzy_record)
    GROUP BY first_name
)
SELECT lead_key, other_lead_key, weight
FROM told
LEFT JOIN named
    ON named.first_name = key_of(l.first_name) AND named.last_name = key_of(l.last_name)
LEFT JOIN borne AS l_borne ON l_borne.first_name = key_of(l.first_name)
LEFT JOIN borne AS r_borne ON r_borne.first_name = key_of(r.first_name)
WHERE NOT is_other_person
    AND NOT (is_other_sex AND l_borne.is_usual AND r_borne.is_usual)
    -- twins have one date of birth
    AND (is_one_name OR NOT $asks_name OR coalesce(l.birth_date = r.birth_date AND NOT $is_known, false)
        OR coalesce(l.person_number = r.person_number, false))
    AND (is_personal OR is_one_mailbox
        OR NOT (is_other_number OR is_other_title OR (is_one_host AND is_other_mailbox AND $asks_name)))
    AND (NOT $is_known OR is_same_name OR is_personal)
    AND (NOT $is_known OR is_personal OR is_one_mailbox
        OR (is_one_company AND is_one_title AND l.last_name IS NOT NULL AND r.last_name IS NOT NULL)
        OR (is_whole_name AND (
            (is_one_number AND (is_one_company
                OR (NOT is_other_mailbox AND (is_one_title OR NOT is_other_city))))
            OR (is_one_company AND (is_one_address OR coalesce(l.postal_code = r.postal_code, false)
                OR coalesce(is_of_one_company, false)))
            OR (is_one_address AND coalesce(l.postal_code = r.postal_code, false)
                AND NOT is_other_company)
            OR coalesce(damerau_levenshtein(l.birth_date, r.birth_date) <= 2, false)
            OR coalesce(damerau_levenshtein(l.person_number, r.person_number) <= 2, false))))
ORDER BY lead_key, other_lead_key
