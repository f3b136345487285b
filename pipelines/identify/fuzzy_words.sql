-- purpose: define how a text is spelt before it is compared
-- grain: a function of a text; null: nothing is said
-- reads: nothing    writes: temporary macros
CREATE OR REPLACE TEMP MACRO spelt_words(text) AS
    nullif(trim(regexp_replace(strip_accents(lower(text)), '[^a-z0-9]+', ' ', 'g')), '');
CREATE OR REPLACE TEMP MACRO words(text) AS CASE
    WHEN spelt_words(text) NOT IN (
        'n a', 'na', 'none', 'null', 'unknown', 'not provided', 'not available', 'self', 'individual',
        'private', 'privat', 'test', 'tbd', 'x', 'xx', 'xxx', 'no company', 'unemployed', 'student')
    THEN spelt_words(text) END;
