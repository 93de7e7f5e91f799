-- The bodies of large messages (BlobStore). Times are milliseconds since 1970.
CREATE TABLE IF NOT EXISTS w7s_blob (
  id varchar(36) PRIMARY KEY,
  bytes blob NOT NULL,
  created_at bigint NOT NULL
);

-- For the deletion of old ones, so that it reads nothing else.
CREATE INDEX IF NOT EXISTS w7s_blob_created_at ON w7s_blob (created_at);

INSERT INTO w7s_schema (version, script) VALUES (4, 'V4__w7s_blobs.sql') ON CONFLICT DO NOTHING;
