-- Finished windows of instances, 10 s each (less where watching began inside ten seconds). A window sent again replaces its row.
-- The sums are columns; sketches holds the pauses by generation and kind (FleetProf.Analysis PauseSketches, versioned);
-- longest holds up to three exemplars as a VitalsWindow message that has nothing else.
CREATE TABLE trend_windows (
    instance_id TEXT NOT NULL,
    window_start BIGINT NOT NULL,
    window_ms BIGINT NOT NULL,
    observed_ms BIGINT NOT NULL,
    gen0_count BIGINT NOT NULL,
    gen1_count BIGINT NOT NULL,
    gen2_count BIGINT NOT NULL,
    background_count BIGINT NOT NULL,
    induced_count BIGINT NOT NULL,
    missed_count BIGINT NOT NULL,
    own_count BIGINT NOT NULL,
    pause_ms DOUBLE PRECISION NOT NULL,
    max_pause_ms DOUBLE PRECISION NOT NULL,
    suspend_ms DOUBLE PRECISION NOT NULL,
    other_suspension_count BIGINT NOT NULL,
    other_suspension_ms DOUBLE PRECISION NOT NULL,
    allocated_bytes BIGINT NOT NULL,
    promoted_bytes BIGINT NOT NULL,
    gen0_bytes BIGINT,
    gen1_bytes BIGINT,
    gen2_bytes BIGINT,
    loh_bytes BIGINT,
    poh_bytes BIGINT,
    heap_before_bytes BIGINT,
    gen2_after_bytes BIGINT,
    fragmented_bytes BIGINT,
    committed_bytes BIGINT,
    cpu_seconds DOUBLE PRECISION NOT NULL,
    working_set_bytes BIGINT,
    thread_count BIGINT NOT NULL,
    first_gc_number BIGINT NOT NULL,
    last_gc_number BIGINT NOT NULL,
    pinned_object_count BIGINT NOT NULL,
    gc_handle_count BIGINT NOT NULL,
    finalization_promoted_count BIGINT NOT NULL,
    sketches BLOB,
    longest BLOB,
    PRIMARY KEY (instance_id, window_start)
);

CREATE INDEX trend_windows_by_age ON trend_windows (window_start);

-- Whose windows these are. Service and version are null while only the windows of an instance have arrived, not its inventory.
CREATE TABLE trend_instances (
    instance_id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL,
    service TEXT,
    version TEXT,
    first_window BIGINT NOT NULL,
    last_window BIGINT NOT NULL
);

CREATE INDEX trend_instances_by_service ON trend_instances (service, last_window);
