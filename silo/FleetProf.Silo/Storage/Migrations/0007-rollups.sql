-- Roll-ups of trend_windows: one minute from ten-second windows, a quarter of an hour from minutes, per instance and per service and version.
-- A roll-up is always computed anew from the level below, so that a window that came late or again corrects every level.

-- rolling_to: roll-ups that start before it have been or are being computed, a window that comes for one of them is late.
-- rolled_to: roll-ups that start before it are there. kept_from: rows that start before it have been removed.
CREATE TABLE trend_levels (
    level_ms BIGINT NOT NULL PRIMARY KEY,
    rolling_to BIGINT NOT NULL,
    rolled_to BIGINT NOT NULL,
    kept_from BIGINT NOT NULL
);

INSERT INTO trend_levels (level_ms, rolling_to, rolled_to, kept_from) VALUES (10000, 0, 0, 0), (60000, 0, 0, 0), (900000, 0, 0, 0);

-- Roll-ups that have to be computed again. touched grows with every late window, so that one that comes during the computation is not lost.
CREATE TABLE trend_late (
    level_ms BIGINT NOT NULL,
    window_start BIGINT NOT NULL,
    instance_id TEXT NOT NULL,
    touched BIGINT NOT NULL,
    PRIMARY KEY (level_ms, window_start, instance_id)
);

CREATE INDEX trend_late_by_instance ON trend_late (instance_id, window_start);

-- Roll-ups of services that have to be computed again although their instances' are right: an instance was found to belong elsewhere.
CREATE TABLE trend_late_groups (
    level_ms BIGINT NOT NULL,
    window_start BIGINT NOT NULL,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    touched BIGINT NOT NULL,
    PRIMARY KEY (level_ms, window_start, service, version)
);

-- End of the watched part of the last window; NULL in rows of earlier versions.
ALTER TABLE trend_instances ADD COLUMN last_end BIGINT;

CREATE INDEX trend_instances_by_age ON trend_instances (last_window);

-- Columns as in trend_windows: states (heap, process) are the last ones of the time, longest holds up to 20 exemplars.
CREATE TABLE trend_rollups (
    level_ms BIGINT NOT NULL,
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
    pinned_object_count BIGINT NOT NULL,
    gc_handle_count BIGINT NOT NULL,
    finalization_promoted_count BIGINT NOT NULL,
    sketches BLOB,
    longest BLOB,
    PRIMARY KEY (level_ms, instance_id, window_start)
);

CREATE INDEX trend_rollups_by_age ON trend_rollups (level_ms, window_start);

-- Sums over the instances of a service and version, states too; those are over as many instances as the counts in front say.
-- longest holds up to 20 exemplars as a VitalsBatch message with their instances.
CREATE TABLE trend_groups (
    level_ms BIGINT NOT NULL,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    window_start BIGINT NOT NULL,
    instances BIGINT NOT NULL,
    heap_instances BIGINT NOT NULL,
    gen2_instances BIGINT NOT NULL,
    committed_instances BIGINT NOT NULL,
    process_instances BIGINT NOT NULL,
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
    pinned_object_count BIGINT NOT NULL,
    gc_handle_count BIGINT NOT NULL,
    finalization_promoted_count BIGINT NOT NULL,
    sketches BLOB,
    longest BLOB,
    PRIMARY KEY (level_ms, service, version, window_start)
);

CREATE INDEX trend_groups_by_age ON trend_groups (level_ms, window_start);
