-- How sure it is who said a quote, and who may have said it where that is in doubt.
ALTER TABLE quotes ADD COLUMN speaker_confidence REAL;  -- of who said it; `confidence` is of the words
ALTER TABLE quotes ADD COLUMN candidates TEXT;  -- if that is in doubt: name probability; name probability
DROP VIEW who_said_what;
CREATE VIEW who_said_what AS
SELECT s.name AS speaker, s.role, q.text AS quote, q.kind, q.cue, a.published, a.title,
       a.name AS article, a.url, q.id AS quote_id, q.article_id, q.speaker_id,
       q.speaker_confidence, q.candidates
FROM quotes q
JOIN articles a ON a.id = q.article_id
LEFT JOIN speakers s ON s.id = q.speaker_id;
