-- purpose: the contact points of the leads that are being handed out
-- grain: one row per lead
-- reads: lead    writes: nothing
-- parameters: $rows, their row numbers in this very file, which finds them without reading the rest
SELECT
    lead_key,
    email,
    email_key,
    phone_e164,
    mobile_e164,
    concat_ws(', ', street, postal_code, city, country) AS address
FROM lead
SEMI JOIN (SELECT unnest($rows::BIGINT[]) AS wanted) AS chosen ON lead.rowid = chosen.wanted
