-- Which signatures were used (UsedSignatures). Times are milliseconds since 1970.
CREATE TABLE IF NOT EXISTS w7s_used_signature (
  id varchar(64) PRIMARY KEY,
  forget_at bigint NOT NULL
);

-- For the purge of old ones, so that it reads nothing else.
CREATE INDEX IF NOT EXISTS w7s_used_signature_old ON w7s_used_signature (forget_at);

MERGE INTO w7s_schema (version, script) VALUES (6, 'V6__w7s_used_signatures.sql');
