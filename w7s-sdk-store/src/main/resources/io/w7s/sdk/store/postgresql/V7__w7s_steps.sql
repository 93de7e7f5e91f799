-- The runs of durable workflows (StepLog). Times are milliseconds since 1970. due_at is the end of the
-- lease for a run that is held, and the end of the wait for one that waits; NULL once it has ended.
CREATE TABLE IF NOT EXISTS w7s_run (
  workflow varchar(400) NOT NULL,
  instance varchar(200) NOT NULL,
  state varchar(10) NOT NULL,
  epoch bigint NOT NULL,
  failures integer NOT NULL,
  due_at bigint,
  payload bytea NOT NULL,
  created_at bigint,
  caller_app varchar(400),
  caller_environment varchar(100),
  output bytea,
  error text,
  started_at bigint NOT NULL,
  ended_at bigint,
  PRIMARY KEY (workflow, instance)
);

-- For taking up what is due, so that it reads nothing else.
CREATE INDEX IF NOT EXISTS w7s_run_due ON w7s_run (due_at, workflow) WHERE due_at IS NOT NULL;

-- Their steps. A step is written only while its run has the epoch of who writes it.
CREATE TABLE IF NOT EXISTS w7s_step (
  workflow varchar(400) NOT NULL,
  instance varchar(200) NOT NULL,
  name varchar(200) NOT NULL,
  position integer NOT NULL,
  kind varchar(20) NOT NULL,
  value_type varchar(1000) NOT NULL,
  state varchar(20) NOT NULL,
  attempts integer NOT NULL,
  body bytea,
  error text,
  written_at bigint NOT NULL,
  due_at bigint,
  PRIMARY KEY (workflow, instance, name)
);

INSERT INTO w7s_schema (version, script) VALUES (7, 'V7__w7s_steps.sql') ON CONFLICT DO NOTHING;
