-- purpose: count the leads per company domain before each as_of of the targets
-- grain: one row per distinct (email_domain, as_of) of the targets
-- reads: feature_target, lead
-- writes: company_count (temporary)
-- parameters: $shared_domains: free and throw-away mail domains, which are no company
-- cost: one window and one ASOF join, both sorts by domain of the domains that targets have
CREATE OR REPLACE TEMP TABLE company_count AS
WITH wanted AS (
    SELECT DISTINCT lead.email_domain, feature_target.as_of
    FROM feature_target
    JOIN lead USING (lead_key)
    WHERE lead.email_domain IS NOT NULL
        AND lead.email_domain NOT IN (SELECT unnest($shared_domains::VARCHAR[]))
),
running AS (
    SELECT
        email_domain,
        created_at,
        count(*) OVER (PARTITION BY email_domain ORDER BY created_at) AS lead_count
    FROM lead
    WHERE created_at IS NOT NULL
        AND email_domain IN (SELECT email_domain FROM wanted)
),
stepped AS (
    SELECT email_domain, created_at, max(lead_count) AS lead_count
    FROM running
    GROUP BY email_domain, created_at
)
SELECT
    wanted.email_domain,
    wanted.as_of,
    coalesce(stepped.lead_count, 0) AS lead_count
FROM wanted
ASOF LEFT JOIN stepped
    ON wanted.email_domain = stepped.email_domain AND wanted.as_of > stepped.created_at
