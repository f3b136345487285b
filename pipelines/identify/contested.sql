-- purpose: find the e-mail addresses that people with conflicting names share: a family, a typist
-- grain: one row per address
-- reads: email_member    writes: temp table contested_email (anchor_key, is_loose: a name there may
--   be short for two)
CREATE OR REPLACE TEMP TABLE contested_email AS
WITH contested AS (
    SELECT DISTINCT a.anchor_key
    FROM email_member AS a
    JOIN email_member AS b ON a.anchor_key = b.anchor_key AND a.lead_key < b.lead_key
    -- one name does not conflict with itself, and most are one
    WHERE ((a.first_name IS DISTINCT FROM b.first_name OR a.last_name IS DISTINCT FROM b.last_name)
            AND names_conflict(a.first_name, a.last_name, b.first_name, b.last_name))
        OR a.generation <> b.generation
),
member AS (FROM email_member SEMI JOIN contested USING (anchor_key)),
loose AS (
    SELECT DISTINCT a.anchor_key
    FROM member AS a
    JOIN member AS b ON a.anchor_key = b.anchor_key AND a.lead_key > b.lead_key
    JOIN member AS c ON a.anchor_key = c.anchor_key
    WHERE names_agree(a.first_name, a.last_name, b.first_name, b.last_name)
        AND names_agree(a.first_name, a.last_name, c.first_name, c.last_name)
            <> names_agree(b.first_name, b.last_name, c.first_name, c.last_name)
)
SELECT anchor_key, anchor_key IN (SELECT anchor_key FROM loose) AS is_loose FROM contested
