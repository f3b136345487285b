-- purpose: list the throw-away domains of the policy, and the names below them that leads have
-- grain:   one row per domain
-- reads:   lead    writes: nothing
-- params:  listed
WITH listed AS (SELECT unnest($listed::VARCHAR[]) AS domain),
labelled AS (
    SELECT DISTINCT email_domain AS domain, string_split(email_domain, '.') AS labels
    FROM lead
    WHERE email_domain LIKE '%.%.%'
),
above AS (
    SELECT domain, array_to_string(labels[level:], '.') AS name
    FROM labelled, LATERAL (SELECT unnest(generate_series(2, length(labels) - 1)) AS level)
)
SELECT domain FROM listed
UNION
SELECT above.domain FROM above JOIN listed ON listed.domain = above.name
