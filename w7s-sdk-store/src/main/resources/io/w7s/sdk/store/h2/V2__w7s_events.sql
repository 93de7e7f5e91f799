-- Events (EventStore). Times are milliseconds since 1970. Rows get their position, by which they are
-- read, after they were committed: so it is in the order of commits, and readers miss none.
CREATE TABLE IF NOT EXISTS w7s_event (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  position bigint,
  id varchar(255) NOT NULL UNIQUE,
  subject varchar(400) NOT NULL,
  stream varchar(200),
  version bigint,
  happened_at bigint NOT NULL,
  body blob NOT NULL,
  attributes varchar,
  trace_parent varchar(60)
);

CREATE UNIQUE INDEX IF NOT EXISTS w7s_event_stream ON w7s_event (stream, version);

CREATE UNIQUE INDEX IF NOT EXISTS w7s_event_position ON w7s_event (position);

-- For the rows that have no position yet, which are few.
CREATE INDEX IF NOT EXISTS w7s_event_new ON w7s_event (position, seq);

CREATE INDEX IF NOT EXISTS w7s_event_subject ON w7s_event (subject, position);

CREATE INDEX IF NOT EXISTS w7s_event_time ON w7s_event (happened_at, position);

CREATE TABLE IF NOT EXISTS w7s_event_attribute (
  attribute_name varchar(64) NOT NULL,
  attribute_value varchar(200) NOT NULL,
  event_seq bigint NOT NULL,
  PRIMARY KEY (attribute_name, attribute_value, event_seq)
);

CREATE INDEX IF NOT EXISTS w7s_event_attribute_event ON w7s_event_attribute (event_seq);

-- The last position that was given, in one row, which is locked by whoever gives the next ones.
CREATE TABLE IF NOT EXISTS w7s_event_positions (
  id integer PRIMARY KEY,
  last bigint NOT NULL
);

MERGE INTO w7s_event_positions (id, last) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM w7s_event_positions);

-- What is still to be sent (Outbox). due_at is when a row may be claimed: a claim moves it by its
-- lease. A row that waits behind another of its order_key has the largest of all numbers there.
CREATE TABLE IF NOT EXISTS w7s_outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id varchar(255) NOT NULL REFERENCES w7s_event (id),
  kind varchar(10) NOT NULL,
  target varchar(400) NOT NULL,
  consumer varchar(400),
  delay_seconds integer NOT NULL,
  order_key varchar(200),
  state varchar(10) NOT NULL,
  due_at bigint NOT NULL,
  epoch integer NOT NULL,
  attempts integer NOT NULL,
  appended_at bigint NOT NULL,
  reason varchar
);

CREATE INDEX IF NOT EXISTS w7s_outbox_due ON w7s_outbox (state, due_at, seq);

CREATE INDEX IF NOT EXISTS w7s_outbox_key ON w7s_outbox (order_key, seq);

CREATE INDEX IF NOT EXISTS w7s_outbox_event ON w7s_outbox (event_id);

-- What was sent to which queue, and whether its consumer has confirmed it. check_at is when it will
-- be sent again; null when nobody waits for a confirmation.
CREATE TABLE IF NOT EXISTS w7s_outbox_sent (
  queue varchar(400) NOT NULL,
  event_id varchar(255) NOT NULL,
  kind varchar(10) NOT NULL,
  consumer varchar(400),
  sent_at bigint,
  confirmed_at bigint,
  check_at bigint,
  resends integer NOT NULL,
  PRIMARY KEY (queue, event_id)
);

CREATE INDEX IF NOT EXISTS w7s_outbox_sent_check ON w7s_outbox_sent (check_at);

CREATE INDEX IF NOT EXISTS w7s_outbox_sent_event ON w7s_outbox_sent (event_id);

CREATE INDEX IF NOT EXISTS w7s_outbox_sent_old ON w7s_outbox_sent (sent_at);

-- How far replays have come (Replay).
CREATE TABLE IF NOT EXISTS w7s_replay (
  name varchar(200) PRIMARY KEY,
  position bigint NOT NULL,
  replayed bigint NOT NULL
);

MERGE INTO w7s_schema (version, script) VALUES (2, 'V2__w7s_events.sql');
