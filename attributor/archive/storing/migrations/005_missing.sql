-- Since when the server has said, without a break, that it does not have a batch or its files.
ALTER TABLE submissions ADD COLUMN missing_since TEXT;
