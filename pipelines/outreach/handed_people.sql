-- purpose: who the leads are that are being handed out
-- grain: one row per lead
-- reads: lead    writes: nothing
-- parameters: $rows, their row numbers in this very file, which finds them without reading the rest
SELECT
    lead_key,
    coalesce(
        nullif(concat_ws(' ', nullif(trim(first_name), ''), nullif(trim(last_name), '')), ''),
        nullif(trim(full_name), '')
    ) AS person,
    nullif(trim(company), '') AS account
FROM lead
SEMI JOIN (SELECT unnest($rows::BIGINT[]) AS wanted) AS chosen ON lead.rowid = chosen.wanted
