-- Runs on SQLite and on PostgreSQL as it is: no types, clauses or functions that one of them lacks.
-- Released migrations never change; a new file with the next number does.

CREATE TABLE cluster (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    cluster_id TEXT NOT NULL,
    next_producer_id BIGINT NOT NULL
);

-- Topic ids are Kafka's text form: base64url of 16 bytes, without padding.
CREATE TABLE topic (
    topic_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    partition_count INTEGER NOT NULL
);

-- Deleted, but the files of its partitions may still be there.
CREATE TABLE deleted_topic (
    topic_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    partition_count INTEGER NOT NULL
);

CREATE TABLE config (
    resource_kind INTEGER NOT NULL,
    resource_name TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (resource_kind, resource_name, name)
);

CREATE TABLE consumer_group (
    group_id TEXT NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    state BYTEA NOT NULL
);

CREATE TABLE committed_offset (
    group_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition_index INTEGER NOT NULL,
    next_offset BIGINT NOT NULL,
    leader_epoch INTEGER NOT NULL,
    metadata TEXT,
    commit_timestamp_ms BIGINT NOT NULL,
    expire_timestamp_ms BIGINT NOT NULL,
    PRIMARY KEY (group_id, topic, partition_index)
);

CREATE INDEX committed_offset_by_topic ON committed_offset (topic);
