-- Who decided a quote where a model was asked about a draft, and what of the draft it was asked about.
ALTER TABLE quotes ADD COLUMN decided_by TEXT;  -- draft, confirmed, changed or added; none without a model
ALTER TABLE recipes ADD COLUMN ask TEXT;  -- what of a draft a model is asked about: doubts or all
DROP VIEW who_said_what;
CREATE VIEW who_said_what AS
SELECT s.name AS speaker, s.role, q.text AS quote, q.kind, q.cue, a.published, a.title,
       a.name AS article, a.url, q.id AS quote_id, q.article_id, q.speaker_id,
       q.speaker_confidence, q.candidates, q.decided_by
FROM quotes q
JOIN articles a ON a.id = q.article_id
LEFT JOIN speakers s ON s.id = q.speaker_id;
