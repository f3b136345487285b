-- purpose: count the leads per company domain before each as_of of the targets
-- grain: one row per (email_domain, as_of) of a lead among the targets, former domains included
-- reads: feature_target, company_stay
-- writes: company_count (temporary)
-- parameters: $shared_domains: free and throw-away mail domains, which are no company
-- cost: one window and one ASOF join, both sorts by domain of the domains that targets have
CREATE OR REPLACE TEMP TABLE company_count AS
WITH wanted AS (
    SELECT DISTINCT company_stay.email_domain, feature_target.as_of
    FROM feature_target
    JOIN company_stay USING (lead_key)
    WHERE company_stay.email_domain IS NOT NULL
        AND company_stay.email_domain NOT IN (SELECT unnest($shared_domains::VARCHAR[]))
),
stay AS (
    SELECT email_domain, entered_at, left_at
    FROM company_stay
    WHERE entered_at IS NOT NULL
        AND (left_at IS NULL OR left_at > entered_at)
        AND email_domain IN (SELECT email_domain FROM wanted)
),
step AS (
    SELECT email_domain, entered_at AS stepped_at, 1 AS difference
    FROM stay
    UNION ALL
    SELECT email_domain, left_at, -1
    FROM stay
    WHERE left_at IS NOT NULL
),
running AS (
    SELECT
        email_domain,
        stepped_at,
        sum(difference) OVER (PARTITION BY email_domain ORDER BY stepped_at) AS lead_count
    FROM step
),
stepped AS (
    -- steps at one moment are peers of one window frame: any of them has the count after all
    SELECT email_domain, stepped_at, any_value(lead_count)::BIGINT AS lead_count
    FROM running
    GROUP BY email_domain, stepped_at
)
SELECT
    wanted.email_domain,
    wanted.as_of,
    coalesce(stepped.lead_count, 0) AS lead_count
FROM wanted
ASOF LEFT JOIN stepped
    ON wanted.email_domain = stepped.email_domain AND wanted.as_of > stepped.stepped_at
