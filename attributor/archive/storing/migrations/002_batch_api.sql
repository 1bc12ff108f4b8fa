-- Files of requests that were given to the OpenAI Batch API. What is open is not asked again.
CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,               -- of the file, and in the metadata of the batch, at the server
    run_id INTEGER NOT NULL REFERENCES runs (id),
    server TEXT NOT NULL,             -- its address
    file TEXT NOT NULL,               -- its id there
    batch TEXT,                       -- the batch's id there; none until the server has said it
    status TEXT NOT NULL,             -- uploaded, or what the server said last
    requests INTEGER NOT NULL,
    tokens INTEGER NOT NULL,          -- input, estimated
    promised REAL NOT NULL,           -- what it may cost at most, in US dollars
    made TEXT NOT NULL,
    ended TEXT                        -- when all that came of it was in the ledger
);
CREATE UNIQUE INDEX submissions_by_name ON submissions (name);
CREATE INDEX submissions_open ON submissions (server) WHERE ended IS NULL;
CREATE INDEX submissions_by_run ON submissions (run_id);

-- Their requests.
CREATE TABLE submitted (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,               -- its custom_id: the article's key, what for, and its own key
    submission_id INTEGER NOT NULL REFERENCES submissions (id),
    article_id INTEGER NOT NULL REFERENCES articles (id),
    key TEXT NOT NULL,                -- as in the ledger
    purpose TEXT NOT NULL,
    part INTEGER NOT NULL,
    state TEXT NOT NULL               -- open, answered, refused, unanswered, abandoned
);
CREATE UNIQUE INDEX submitted_by_name ON submitted (submission_id, name);
CREATE INDEX submitted_open ON submitted (key) WHERE state = 'open';
CREATE INDEX submitted_by_article ON submitted (article_id);
