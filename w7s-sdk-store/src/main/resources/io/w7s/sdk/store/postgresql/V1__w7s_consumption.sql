-- Which of these scripts have run, whoever runs them.
CREATE TABLE IF NOT EXISTS w7s_schema (
  version integer PRIMARY KEY,
  script varchar(200) NOT NULL
);

-- Which messages were handled (ProcessedMessages). Times are milliseconds since 1970.
CREATE TABLE IF NOT EXISTS w7s_processed (
  queue varchar(400) NOT NULL,
  message_key varchar(200) NOT NULL,
  owner bigint NOT NULL,
  claims integer NOT NULL,
  lease_until bigint NOT NULL,
  done_at bigint,
  PRIMARY KEY (queue, message_key)
);

-- For the purge of old ones, so that it reads nothing else.
CREATE INDEX IF NOT EXISTS w7s_processed_done_at ON w7s_processed (done_at) WHERE done_at IS NOT NULL;

CREATE INDEX IF NOT EXISTS w7s_processed_open ON w7s_processed (lease_until) WHERE done_at IS NULL;

-- Messages that were set aside or are held back (ParkedMessages).
CREATE TABLE IF NOT EXISTS w7s_parked (
  queue varchar(400) NOT NULL,
  message_key varchar(200) NOT NULL,
  state varchar(10) NOT NULL,
  message_id text NOT NULL,
  attempts integer NOT NULL,
  body bytea NOT NULL,
  headers text NOT NULL,
  enqueued_at bigint,
  caller_app varchar(400),
  caller_environment varchar(100),
  reason text NOT NULL,
  parked_at bigint NOT NULL,
  due_at bigint NOT NULL,
  run integer NOT NULL,
  token varchar(100) NOT NULL,
  PRIMARY KEY (queue, message_key)
);

CREATE INDEX IF NOT EXISTS w7s_parked_oldest ON w7s_parked (queue, state, parked_at, message_key);

CREATE INDEX IF NOT EXISTS w7s_parked_due ON w7s_parked (queue, due_at) WHERE state = 'HELD';

INSERT INTO w7s_schema (version, script) VALUES (1, 'V1__w7s_consumption.sql') ON CONFLICT DO NOTHING;
