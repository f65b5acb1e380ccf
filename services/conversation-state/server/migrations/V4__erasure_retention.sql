-- Erasing contacts, and what is kept for how long.

ALTER TYPE event_type ADD VALUE 'CONTACT_ERASED';
ALTER TABLE events ALTER COLUMN to_state DROP NOT NULL;
COMMENT ON TABLE events IS
    'Each tenant''s log; nothing in it is personal. Rows are only ever added, and removed from the '
    'oldest on once they are no longer kept.';
COMMENT ON COLUMN events.to_state IS 'The state after; null: there is no conversation any more.';
COMMENT ON COLUMN events.handler_kind IS
    'Who handles the conversation after it; of one that is no more, with the team, the agent and '
    'the epoch, who did.';

-- What is kept of a conversation is found by it.
CREATE INDEX messages_by_conversation ON messages (tenant_id COLLATE "POSIX", conversation_id);
CREATE INDEX requests_by_conversation ON requests (tenant_id COLLATE "POSIX", conversation_id);
CREATE INDEX event_notes_by_conversation ON event_notes
    (tenant_id COLLATE "POSIX", conversation_id);

-- A request that erased somebody is remembered without whom.
ALTER TABLE requests ALTER COLUMN conversation_id DROP NOT NULL;
COMMENT ON COLUMN requests.conversation_id IS 'The conversation it was done to; null: it was erased.';
COMMENT ON COLUMN requests.content_hash IS
    'Of what was asked, without etag and request id; empty: not remembered.';

-- What is due to be removed is found by when it was recorded: rows come in that order, so the index
-- grows at its end only. Events and notes need none: a tenant's first rows are its oldest.
ALTER TABLE messages ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN messages.recorded_at IS 'When it was recorded.';
CREATE INDEX messages_by_time ON messages ((recorded_at AT TIME ZONE 'UTC'));
CREATE INDEX requests_by_time ON requests ((recorded_at AT TIME ZONE 'UTC'));

CREATE TYPE message_write_v2 AS (
    tenant_id text, message_id text, conversation_id uuid, occurred_at timestamptz,
    inbound boolean, recorded_at timestamptz);
-- A conversation that is erased, at the version that it must have.
CREATE TYPE erasure_write_v1 AS (
    tenant_id text, conversation_id uuid, expected_version bigint);
