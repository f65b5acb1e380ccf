-- Nearly every window is the platform's full 24 hours long. For those the order of messages is the
-- order in which windows end, too, and one index serves both; only the others need one of their own.

ALTER TABLE conversations ADD COLUMN odd_window boolean NOT NULL GENERATED ALWAYS AS (
    (window_expires_at AT TIME ZONE 'UTC')
        IS DISTINCT FROM (last_inbound_at AT TIME ZONE 'UTC') + interval '24 hours') STORED;
COMMENT ON COLUMN conversations.odd_window IS
    'Whether the window does not end 24 hours after the customer''s last message.';

DROP INDEX conversations_by_message;
CREATE INDEX conversations_by_message ON conversations
    (tenant_id COLLATE "POSIX", channel_id, odd_window, announced_state, last_inbound_at,
     conversation_id); -- the boolean where it fills a gap
DROP INDEX conversations_by_window;
CREATE INDEX conversations_by_window ON conversations
    (tenant_id COLLATE "ucs_basic", channel_id, announced_state, window_expires_at,
     conversation_id) WHERE odd_window;
