-- For PostgreSQL's planner; nothing is to be done here.
INSERT INTO w7s_schema (version, script) VALUES (11, 'V11__w7s_run_started.sql') ON CONFLICT DO NOTHING;
