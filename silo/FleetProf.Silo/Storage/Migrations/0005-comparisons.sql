-- Comparisons for lists; the grain's state is the truth, this row follows it. verdict is the number of the contracts' enum.
CREATE TABLE comparisons (
    comparison_id TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    baseline_version TEXT NOT NULL,
    candidate_version TEXT NOT NULL,
    deploy_id TEXT,
    requested_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    decided_at BIGINT,
    verdict BIGINT NOT NULL,
    sentence TEXT NOT NULL,
    comparison_json TEXT NOT NULL
);

CREATE INDEX comparisons_by_service ON comparisons (service, created_at);

CREATE INDEX comparisons_by_age ON comparisons (created_at);
