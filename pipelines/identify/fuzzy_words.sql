-- purpose: define how a text is spelt before it is compared
-- grain: functions of a text; null: nothing is said
-- reads: nothing    writes: temporary macros
-- Letters and digits of any script: what is no sign is one of these. A class of all letters would
-- take four times as long.
CREATE OR REPLACE TEMP MACRO spelt_words(text) AS
    trim(regexp_replace(strip_accents(lower(text)),
        '[\x00-/:-@\[-`{-\x{BF}\x{2000}-\x{206F}\x{3000}-\x{303F}\x{FF00}-\x{FF0F}]+',
        ' ', 'g'));
-- A second pattern, and no list: a macro spells the text anew wherever it names it.
CREATE OR REPLACE TEMP MACRO words(text) AS nullif(regexp_replace(spelt_words(text),
    '^(?:n a|na|none|null|unknown|not provided|not available|self|individual|private|privat|test|tbd'
    || '|x|xx|xxx|no company|unemployed|student)$', ''), '');
-- Jr and Sr tell a father from his son; a name of one word is a name. Few names are of two, and only
-- these are searched.
CREATE OR REPLACE TEMP MACRO has_words(name) AS contains(name, ' ') OR contains(name, ',');
CREATE OR REPLACE TEMP MACRO generation_word(name) AS regexp_extract(lower(name),
    '[^\s,][\s,]+(jr|sr|junior|senior|ii|iii|iv|2nd|3rd|4th|filho|neto)\.?\s*$', 1);
CREATE OR REPLACE TEMP MACRO said_generation(name) AS CASE
    WHEN has_words(name) AND generation_word(name) <> '' THEN MAP {
        'jr': 'jr', 'junior': 'jr', 'filho': 'jr', 'ii': 'jr', '2nd': 'jr', 'sr': 'sr',
        'senior': 'sr', 'iii': 'iii', '3rd': 'iii', 'neto': 'iii', 'iv': 'iv', '4th': 'iv'
    }[generation_word(name)] END;
CREATE OR REPLACE TEMP MACRO without_generation(name) AS CASE
    WHEN has_words(name) THEN regexp_replace(name,
        '(?i)([^\s,])[\s,]+(jr|sr|junior|senior|ii|iii|iv|2nd|3rd|4th|filho|neto)\.?\s*$', '\1')
    ELSE name END;
CREATE OR REPLACE TEMP MACRO generation_of(first_name, last_name, full_name) AS coalesce(
    said_generation(last_name), said_generation(full_name), said_generation(first_name));
