-- A store: what an archive was annotated into. docs/archive.md explains it, with example queries.
-- Times are UTC in ISO 8601. Prices are US dollars. `name` is what a row is called in Datasette.

-- How annotations are made. Everything that an annotation depends on, apart from the article.
CREATE TABLE recipes (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,             -- SHA-256 of all that follows
    engine TEXT NOT NULL,             -- embedded or openai
    model TEXT,
    prompt_sha256 TEXT,
    schema_sha256 TEXT,
    weights_sha256 TEXT,
    rules TEXT,                       -- embedded: the version of attributor, whose rules these are
    language TEXT,                    -- as named with --language
    codebook TEXT                     -- JSON: the targets of stances
);
CREATE UNIQUE INDEX recipes_by_digest ON recipes (digest);

-- Each call of `attributor batch`.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    recipe_id INTEGER NOT NULL REFERENCES recipes (id),
    sources TEXT NOT NULL,            -- JSON: as named on the command line
    state TEXT NOT NULL,              -- running, finished, stopped, interrupted
    reason TEXT,                      -- why it ended before its time
    started TEXT NOT NULL,
    ended TEXT,
    version TEXT NOT NULL,            -- of attributor
    host TEXT NOT NULL,
    pid INTEGER NOT NULL
);
CREATE INDEX runs_by_recipe ON runs (recipe_id);

-- Each text once, however many copies the archive holds of it.
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,               -- the id that the archive gave its first copy
    title TEXT,
    byline TEXT,
    published TEXT,
    url TEXT,
    language TEXT,                    -- as the archive says; the annotation says what was found
    text TEXT NOT NULL,
    content TEXT NOT NULL,            -- SHA-256 of the text, and the language if it must be named
    near_id INTEGER REFERENCES articles (id),  -- an earlier article that this one nearly copies
    near REAL                         -- the share of phrases that both have, estimated
);
CREATE INDEX articles_by_near ON articles (near_id) WHERE near_id IS NOT NULL;
CREATE UNIQUE INDEX articles_by_content ON articles (content);
CREATE INDEX articles_by_published ON articles (published);

-- Where the archive holds an article; more than one place: syndicated copies.
CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,               -- the article's id there
    article_id INTEGER NOT NULL REFERENCES articles (id),
    source TEXT NOT NULL,             -- file, or file!member
    title TEXT,
    published TEXT,
    url TEXT,
    run_id INTEGER NOT NULL REFERENCES runs (id)  -- which saw it last
);
CREATE UNIQUE INDEX places_by_source ON places (source, name, article_id);
CREATE INDEX places_by_article ON places (article_id);
CREATE INDEX places_by_run ON places (run_id);

-- By which near-copies are found: hashes of parts of each text's MinHash signature.
CREATE TABLE bands (
    band INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    PRIMARY KEY (band, hash, article_id)
) WITHOUT ROWID;

-- Every answer that was paid for, written before it is read. Never bought again under its key.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,                -- SHA-256 of the canonical request
    article_id INTEGER NOT NULL REFERENCES articles (id),
    run_id INTEGER NOT NULL REFERENCES runs (id),
    purpose TEXT NOT NULL,            -- attribute, repair, stance
    part INTEGER NOT NULL,
    text TEXT NOT NULL,
    finish_reason TEXT NOT NULL,
    refusal TEXT,
    model TEXT,                       -- asked for
    model_reported TEXT,
    input_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost_usd REAL,
    answered TEXT NOT NULL,
    unusable TEXT                     -- why it cannot be used; --retry-failed asks again
);
CREATE INDEX ledger_by_key ON ledger (key);
CREATE INDEX ledger_by_article ON ledger (article_id);
CREATE INDEX ledger_by_run ON ledger (run_id, cost_usd, input_tokens, cached_tokens, output_tokens);

-- Annotations whole. The current one of an article has its rows in speakers, quotes and stances.
CREATE TABLE annotations (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    recipe_id INTEGER NOT NULL REFERENCES recipes (id),
    run_id INTEGER NOT NULL REFERENCES runs (id),
    is_current INTEGER NOT NULL,
    model_reported TEXT,
    quotes INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    json TEXT NOT NULL,               -- attributor.annotation/1 without the article's text
    made TEXT NOT NULL
);
CREATE UNIQUE INDEX annotations_by_article ON annotations (article_id, recipe_id);
CREATE UNIQUE INDEX annotations_current ON annotations (article_id) WHERE is_current;
CREATE INDEX annotations_by_recipe ON annotations (recipe_id);
CREATE INDEX annotations_by_run ON annotations (run_id);

CREATE TABLE speakers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,               -- empty where the article names nobody
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    aliases TEXT NOT NULL,            -- separated by semicolons
    number INTEGER NOT NULL,          -- the speaker's id in its annotation
    annotation_id INTEGER NOT NULL REFERENCES annotations (id),
    article_id INTEGER NOT NULL REFERENCES articles (id)
);
CREATE INDEX speakers_by_annotation ON speakers (annotation_id);
CREATE INDEX speakers_by_article ON speakers (article_id);
CREATE INDEX speakers_by_name ON speakers (name COLLATE NOCASE);

CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    speaker_id INTEGER REFERENCES speakers (id),
    text TEXT NOT NULL,               -- the parts of a split quote joined with […]
    kind TEXT NOT NULL,               -- direct, indirect, mixed
    cue TEXT,
    mention TEXT,
    spans TEXT NOT NULL,              -- start-end in code points of the article's text
    confidence REAL,
    number INTEGER NOT NULL,          -- the quote's id in its annotation
    annotation_id INTEGER NOT NULL REFERENCES annotations (id)
);
CREATE INDEX quotes_by_annotation ON quotes (annotation_id);
CREATE INDEX quotes_by_article ON quotes (article_id);
CREATE INDEX quotes_by_speaker ON quotes (speaker_id);

CREATE TABLE stances (
    id INTEGER PRIMARY KEY,
    quote_id INTEGER NOT NULL REFERENCES quotes (id),
    target TEXT NOT NULL,
    label TEXT NOT NULL,              -- favor, against, neutral, unclear
    confidence REAL,
    evidence TEXT
);
CREATE INDEX stances_by_quote ON stances (quote_id);
CREATE INDEX stances_by_target ON stances (target COLLATE NOCASE, label, quote_id);
CREATE INDEX stances_by_label ON stances (label, quote_id);

-- The quarantine: what has no annotation, and why. A success takes the row away.
CREATE TABLE failures (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,               -- the article's id, or the place that could not be read
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    article_id INTEGER REFERENCES articles (id),   -- none where nothing could be read
    recipe_id INTEGER REFERENCES recipes (id),
    run_id INTEGER NOT NULL REFERENCES runs (id),
    answer_id INTEGER REFERENCES ledger (id),      -- the raw answer, if there was one
    answer TEXT,                                   -- or what came in its place
    happened TEXT NOT NULL
);
CREATE UNIQUE INDEX failures_by_article ON failures (article_id, recipe_id) WHERE article_id IS NOT NULL;
CREATE UNIQUE INDEX failures_by_place ON failures (source, name) WHERE article_id IS NULL;
CREATE INDEX failures_by_kind ON failures (kind);
CREATE INDEX failures_by_recipe ON failures (recipe_id);
CREATE INDEX failures_by_run ON failures (run_id);
CREATE INDEX failures_by_answer ON failures (answer_id);

-- Words of quotes. The text itself stays in quotes. (Datasette finds an index by content="…".)
CREATE VIRTUAL TABLE quotes_fts USING fts5 (
    text, content="quotes", content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER quotes_added AFTER INSERT ON quotes BEGIN
    INSERT INTO quotes_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER quotes_removed AFTER DELETE ON quotes BEGIN
    INSERT INTO quotes_fts (quotes_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER quotes_changed AFTER UPDATE OF text ON quotes BEGIN
    INSERT INTO quotes_fts (quotes_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO quotes_fts (rowid, text) VALUES (new.id, new.text);
END;

-- Words of speakers' names.
CREATE VIRTUAL TABLE speakers_fts USING fts5 (
    name, aliases, content="speakers", content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', columnsize=0
);
CREATE TRIGGER speakers_added AFTER INSERT ON speakers BEGIN
    INSERT INTO speakers_fts (rowid, name, aliases) VALUES (new.id, new.name, new.aliases);
END;
CREATE TRIGGER speakers_removed AFTER DELETE ON speakers BEGIN
    INSERT INTO speakers_fts (speakers_fts, rowid, name, aliases)
    VALUES ('delete', old.id, old.name, old.aliases);
END;
CREATE TRIGGER speakers_changed AFTER UPDATE OF name, aliases ON speakers BEGIN
    INSERT INTO speakers_fts (speakers_fts, rowid, name, aliases)
    VALUES ('delete', old.id, old.name, old.aliases);
    INSERT INTO speakers_fts (rowid, name, aliases) VALUES (new.id, new.name, new.aliases);
END;

-- The common questions.
CREATE VIEW who_said_what AS
SELECT s.name AS speaker, s.role, q.text AS quote, q.kind, q.cue, a.published, a.title,
       a.name AS article, a.url, q.id AS quote_id, q.article_id, q.speaker_id
FROM quotes q
JOIN articles a ON a.id = q.article_id
LEFT JOIN speakers s ON s.id = q.speaker_id;

CREATE VIEW speakers_by_quotes AS
SELECT s.name AS speaker, s.kind, COUNT(*) AS quotes, COUNT(DISTINCT s.article_id) AS articles
FROM speakers s JOIN quotes q ON q.speaker_id = s.id
WHERE s.name <> ''
GROUP BY s.name, s.kind ORDER BY quotes DESC;

CREATE VIEW stances_by_speaker AS
SELECT s.name AS speaker, t.target, t.label, COUNT(*) AS quotes
FROM stances t JOIN quotes q ON q.id = t.quote_id JOIN speakers s ON s.id = q.speaker_id
WHERE s.name <> ''
GROUP BY s.name, t.target, t.label ORDER BY quotes DESC;

CREATE VIEW failures_by_reason AS
SELECT kind, COUNT(*) AS articles, MIN(reason) AS example
FROM failures GROUP BY kind ORDER BY articles DESC;

CREATE VIEW quarantine AS
SELECT f.id, f.kind, f.name, f.source, f.reason, COALESCE(l.refusal, l.text, f.answer) AS answer,
       f.happened, f.article_id, f.run_id
FROM failures f LEFT JOIN ledger l ON l.id = f.answer_id;

CREATE VIEW copies AS
SELECT a.id AS article_id, a.name AS article, a.title, COUNT(*) AS copies,
       GROUP_CONCAT(p.source || ' ' || p.name, char(10)) AS places
FROM articles a JOIN places p ON p.article_id = a.id
GROUP BY a.id HAVING COUNT(*) > 1 ORDER BY copies DESC;

CREATE VIEW near_copies AS
SELECT a.name AS article, a.title, b.name AS nearly, b.title AS its_title, a.near AS share,
       a.id AS article_id, b.id AS nearly_id
FROM articles a JOIN articles b ON b.id = a.near_id ORDER BY a.near DESC;

CREATE VIEW costs_of_runs AS
SELECT r.id AS run_id, r.name AS run, r.state, r.started, r.ended,
       (SELECT COUNT(*) FROM annotations n WHERE n.run_id = r.id) AS annotated,
       (SELECT COUNT(*) FROM failures f WHERE f.run_id = r.id) AS failed,
       COUNT(l.id) AS answers, COALESCE(SUM(l.input_tokens), 0) AS input_tokens,
       COALESCE(SUM(l.cached_tokens), 0) AS cached_tokens,
       COALESCE(SUM(l.output_tokens), 0) AS output_tokens, SUM(l.cost_usd) AS cost_usd
FROM runs r LEFT JOIN ledger l ON l.run_id = r.id
GROUP BY r.id;
