-- Which subscribers have which event (DeliveredEvents). Times are milliseconds since 1970.
CREATE TABLE IF NOT EXISTS w7s_delivered_event (
  publisher varchar(400) NOT NULL,
  environment varchar(100) NOT NULL,
  event_id varchar(255) NOT NULL,
  queue varchar(400) NOT NULL,
  consumer varchar NOT NULL,
  delivered_at bigint NOT NULL,
  PRIMARY KEY (publisher, environment, event_id, queue)
);

-- For the purge of old ones, so that it reads nothing else.
CREATE INDEX IF NOT EXISTS w7s_delivered_event_old ON w7s_delivered_event (delivered_at);

MERGE INTO w7s_schema (version, script) VALUES (5, 'V5__w7s_delivered_events.sql');
