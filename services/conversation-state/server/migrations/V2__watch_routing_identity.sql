-- What watching, routing and the several ids of one person need.

ALTER TYPE event_type ADD VALUE 'ALIAS_ADDED';
ALTER TYPE event_type ADD VALUE 'ALIAS_REMOVED';
ALTER TYPE event_type ADD VALUE 'CONVERSATION_MERGED';

-- Watchers' filters look at a conversation before and after each event.
ALTER TABLE events
    ADD COLUMN awaiting_reply         boolean NOT NULL DEFAULT false,
    ADD COLUMN before_handler_kind    handler_kind,
    ADD COLUMN before_team_id         text,
    ADD COLUMN before_agent_id        text,
    ADD COLUMN before_awaiting_reply  boolean,
    ADD COLUMN routing_rule_id        text,
    ADD COLUMN merged_conversation_ids uuid[];
COMMENT ON COLUMN events.awaiting_reply IS 'Whether the customer waits for an answer after it.';
COMMENT ON COLUMN events.before_handler_kind IS
    'Who handled the conversation before it. Null, with the next three: the same handler as after '
    'it and waiting as after it, or no conversation.';
COMMENT ON COLUMN events.before_team_id IS 'The handling team before it.';
COMMENT ON COLUMN events.before_agent_id IS 'The handling agent before it.';
COMMENT ON COLUMN events.before_awaiting_reply IS 'Whether the customer waited before it.';
COMMENT ON COLUMN events.routing_rule_id IS 'The keyword rule that passed the conversation on.';
COMMENT ON COLUMN events.merged_conversation_ids IS
    'Of a CONVERSATION_MERGED: the conversations that are no more.';

ALTER TABLE channels ADD COLUMN routing_rules jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN channels.routing_rules IS
    'Which keywords pass the bot''s conversations to which team.';

-- One person can have several ids on a channel. The one first met is the conversation's
-- contact_id; the others lead to the conversation from here.
ALTER TABLE conversations ADD COLUMN contact_aliases text[];
COMMENT ON COLUMN conversations.contact_aliases IS
    'The contact''s other ids, in byte order; null: none. Personal.';
CREATE TABLE contact_aliases (
    tenant_id       text NOT NULL,
    channel_id      text NOT NULL,
    contact_id      text NOT NULL,
    conversation_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, channel_id, contact_id)
);
COMMENT ON TABLE contact_aliases IS 'The ids of contacts, but for those that conversations name.';
COMMENT ON COLUMN contact_aliases.tenant_id IS 'The tenant.';
COMMENT ON COLUMN contact_aliases.channel_id IS 'The channel.';
COMMENT ON COLUMN contact_aliases.contact_id IS 'The id. Personal.';
COMMENT ON COLUMN contact_aliases.conversation_id IS 'The conversation that it leads to.';

-- What became of conversations that turned out to be another one's.
CREATE TABLE merged_conversations (
    tenant_id       text NOT NULL,
    conversation_id uuid NOT NULL,
    survivor_id     uuid NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id)
);
COMMENT ON TABLE merged_conversations IS
    'Conversations that are no more: their ids, messages, requests and events are the survivor''s.';
COMMENT ON COLUMN merged_conversations.tenant_id IS 'The tenant.';
COMMENT ON COLUMN merged_conversations.conversation_id IS 'The conversation that is no more.';
COMMENT ON COLUMN merged_conversations.survivor_id IS
    'The one that it is now. Never one that was merged itself.';
CREATE INDEX merged_conversations_by_survivor ON merged_conversations
    (tenant_id COLLATE "POSIX", survivor_id);

-- The rows of the write statement, as before with what is new. The domain's types are taken as
-- they are, without a cast.
CREATE TYPE conversation_write_v2 AS (
    expected_version bigint, conversation_id uuid, version bigint, last_inbound_at timestamptz,
    last_outbound_at timestamptz, window_expires_at timestamptz, window_closed_at timestamptz,
    answered_until timestamptz, waiting_since timestamptz, handler_since timestamptz,
    create_time timestamptz, update_time timestamptz, closed_at timestamptz,
    handler_epoch bigint, unanswered_templates integer, announced_state conversation_state,
    handler_kind handler_kind, closed_by_kind actor_kind, tenant_id text, channel_id text,
    contact_id text, contact_aliases text[], contact_name text, team_id text, agent_id text,
    closed_by_id text, close_reason text, collected jsonb);
CREATE TYPE event_write_v2 AS (
    revision bigint, version bigint, conversation_id uuid, occurred_at timestamptz,
    recorded_at timestamptz, handler_epoch bigint, event_type event_type,
    from_state conversation_state, to_state conversation_state, actor_kind actor_kind,
    handler_kind handler_kind, out_of_turn boolean, awaiting_reply boolean, tenant_id text,
    actor_id text, reason text, team_id text, agent_id text, before_handler_kind handler_kind,
    before_team_id text, before_agent_id text, before_awaiting_reply boolean,
    routing_rule_id text, merged_conversation_ids uuid[], note text);
-- An alias and the conversation that it leads to; null: it is one no more.
CREATE TYPE alias_write_v1 AS (
    tenant_id text, channel_id text, contact_id text, conversation_id uuid);
CREATE TYPE merge_write_v1 AS (
    tenant_id text, conversation_id uuid, expected_version bigint, survivor_id uuid);
