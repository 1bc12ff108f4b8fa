-- The day of `published`, whatever form the archive writes it in; what --since and --until compare.
ALTER TABLE articles ADD COLUMN day TEXT;  -- ISO 8601: 2021-03-03, 2021-03 or 2021; see docs
UPDATE articles SET day = iso_day(published) WHERE published IS NOT NULL;
DROP INDEX articles_by_published;
CREATE INDEX articles_by_day ON articles (day);
