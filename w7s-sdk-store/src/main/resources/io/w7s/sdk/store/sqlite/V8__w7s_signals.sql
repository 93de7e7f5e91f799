-- The events for runs of durable workflows (StepLog.signal). Those of a run are taken in the order of their
-- positions; taken_by is the step that took one. They stay as long as their run, for the sake of their ids.
CREATE TABLE IF NOT EXISTS w7s_run_event (
  workflow varchar(400) NOT NULL,
  instance varchar(200) NOT NULL,
  name varchar(100) NOT NULL,
  id varchar(255) NOT NULL,
  position integer NOT NULL,
  body blob NOT NULL,
  received_at bigint NOT NULL,
  taken_by varchar(200),
  PRIMARY KEY (workflow, instance, name, id)
);

-- What a suspended run waits for. It counts only as long as the run has this epoch.
CREATE TABLE IF NOT EXISTS w7s_run_wait (
  workflow varchar(400) NOT NULL,
  instance varchar(200) NOT NULL,
  event varchar(100) NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (workflow, instance)
);

-- What a run says it does, and how far it is.
CREATE TABLE IF NOT EXISTS w7s_run_progress (
  workflow varchar(400) NOT NULL,
  instance varchar(200) NOT NULL,
  status varchar(200) NOT NULL,
  done real,
  written_at bigint NOT NULL,
  PRIMARY KEY (workflow, instance)
);

INSERT INTO w7s_schema (version, script) VALUES (8, 'V8__w7s_signals.sql') ON CONFLICT DO NOTHING;
