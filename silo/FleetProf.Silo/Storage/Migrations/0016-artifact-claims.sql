-- Which upload may become the artifact of a capture, from before its file gets its name until its row is there: an agent whose state folder was
-- copied sends two of them, to two silos at once. A claim that nobody went on with is forgotten after a week.
CREATE TABLE artifact_claims (
    capture_id TEXT NOT NULL PRIMARY KEY,
    attempt BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    claimed_at BIGINT NOT NULL
);
