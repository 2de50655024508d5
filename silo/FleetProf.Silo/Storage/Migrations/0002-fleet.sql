-- What agents have seen. Times are Unix milliseconds; state and problem are the numbers of the contracts' enums.
CREATE TABLE services (
    service TEXT NOT NULL PRIMARY KEY,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);

CREATE TABLE instances (
    instance_id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    environment TEXT NOT NULL,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    state BIGINT NOT NULL,
    state_since BIGINT NOT NULL,
    problem BIGINT NOT NULL,
    problem_detail TEXT,
    runtime TEXT NOT NULL,
    entry_assembly TEXT NOT NULL,
    command_line TEXT NOT NULL,
    container_id TEXT NOT NULL,
    pod TEXT NOT NULL,
    service_instance TEXT NOT NULL,
    gc_mode TEXT NOT NULL,
    gc_settings_json TEXT NOT NULL,
    processor_count BIGINT NOT NULL,
    memory_limit_bytes BIGINT NOT NULL,
    labels_json TEXT NOT NULL
);

CREATE INDEX instances_by_agent ON instances (agent_id, state);

CREATE INDEX instances_by_service ON instances (service, state);

CREATE INDEX instances_by_state ON instances (state, state_since);

-- Every version that ever ran: what is not here is a deploy when it appears.
CREATE TABLE service_versions (
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    version TEXT NOT NULL,
    first_started_at BIGINT NOT NULL,
    latest_started_at BIGINT NOT NULL,
    PRIMARY KEY (service, environment, version)
);

-- announced_at: the start that a pipeline told, NULL when only agents saw the deploy. seen_at: when an agent first saw the version.
-- comparison_due_at without is_planned = 1 is a promise: the comparison still has to be created.
CREATE TABLE deploys (
    deploy_id TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    version TEXT NOT NULL,
    previous_version TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    source TEXT NOT NULL,
    commit_id TEXT,
    link TEXT,
    announced_at BIGINT,
    seen_at BIGINT,
    comparison_id TEXT,
    comparison_due_at BIGINT,
    is_planned BIGINT NOT NULL
);

CREATE INDEX deploys_by_service ON deploys (service, started_at);

CREATE INDEX deploys_by_start ON deploys (started_at);

CREATE INDEX deploys_to_plan ON deploys (is_planned, comparison_due_at);
