-- purpose: define how contact points are folded and hashed, for every stage that looks one up by key
-- reads:   nothing
-- writes:  temporary macros
-- settings.contact_keys.folded_email in SQL; most addresses are folded already. No split_part:
-- duckdb 2.0.0 cannot compare its result when statistics say that the column holds nothing but null.
CREATE OR REPLACE TEMP MACRO mail_local(address) AS
    left(address, length(address) - strpos(reverse(address), '@'));
CREATE OR REPLACE TEMP MACRO local_part(address, domain) AS
    left(address, length(address) - length(domain) - 1);
CREATE OR REPLACE TEMP MACRO without_tag(local_part) AS
    CASE WHEN strpos(local_part, '+') > 1 THEN left(local_part, strpos(local_part, '+') - 1)
        ELSE local_part
    END;
CREATE OR REPLACE TEMP MACRO without_dots(local_part) AS
    coalesce(nullif(replace(local_part, '.', ''), ''), local_part);
CREATE OR REPLACE TEMP MACRO folded_lower(address) AS CASE
    WHEN suffix(address, '@gmail.com')
        THEN without_dots(without_tag(left(address, length(address) - 10))) || '@gmail.com'
    WHEN suffix(address, '@googlemail.com')
        THEN without_dots(without_tag(left(address, length(address) - 15))) || '@gmail.com'
    ELSE without_tag(mail_local(address)) || right(address, strpos(reverse(address), '@'))
END;
CREATE OR REPLACE TEMP MACRO folded_email(address) AS CASE
    WHEN lower(address) <> address THEN folded_lower(lower(address))
    WHEN contains(address, '+') OR suffix(address, '@gmail.com')
            OR suffix(address, '@googlemail.com') THEN folded_lower(address)
    ELSE address
END;
CREATE OR REPLACE TEMP MACRO folded_key(contact_key) AS
    CASE WHEN contains(contact_key, '@') THEN folded_email(contact_key) ELSE contact_key END;

-- HMAC-SHA-256 of RFC 2104, hex; the key arrives as its two padded blocks.
CREATE OR REPLACE TEMP MACRO hmac_hex(inner_pad, outer_pad, text) AS
    sha256(outer_pad || unhex(sha256(inner_pad || encode(text))));
-- settings.contact_keys.tag_hex in SQL.
CREATE OR REPLACE TEMP MACRO tag_hex(tag_prefix, text) AS md5(tag_prefix || text);
-- What is kept of it for suppressions: store.ledger.suppressions.TAG_LENGTH.
CREATE OR REPLACE TEMP MACRO tag_of(tag_prefix, text) AS substr(md5(tag_prefix || text), 1, 12);
