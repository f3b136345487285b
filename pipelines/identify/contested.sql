-- purpose: find the e-mail addresses that people with conflicting names share: a family, a typist
-- grain: one row per address
-- reads: email_member    writes: temp table contested_email (email_key, is_loose: a name there may
--   be short for two)
CREATE OR REPLACE TEMP TABLE contested_email AS
WITH contested AS (
    SELECT DISTINCT a.email_key
    FROM email_member AS a
    JOIN email_member AS b ON a.email_key = b.email_key AND a.lead_key < b.lead_key
    WHERE names_conflict(a.first_name, a.last_name, b.first_name, b.last_name)
        OR a.generation <> b.generation
),
member AS (FROM email_member SEMI JOIN contested USING (email_key)),
loose AS (
    SELECT DISTINCT a.email_key
    FROM member AS a
    JOIN member AS b ON a.email_key = b.email_key AND a.lead_key > b.lead_key
    JOIN member AS c ON a.email_key = c.email_key
    WHERE names_agree(a.first_name, a.last_name, b.first_name, b.last_name)
        AND names_agree(a.first_name, a.last_name, c.first_name, c.last_name)
            <> names_agree(b.first_name, b.last_name, c.first_name, c.last_name)
)
SELECT email_key, email_key IN (SELECT email_key FROM loose) AS is_loose FROM contested
