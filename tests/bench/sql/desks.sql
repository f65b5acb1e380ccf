-- Makes a population one of people: each conversation is with one of a hundred teams.
UPDATE conversations SET team_id = 'desk' || ('x' || right(conversation_id::text, 6))::bit(24)::int % 100,
  agent_id = NULL, handler_kind = 'HUMAN',
  announced_state = (CASE announced_state WHEN 'BOT' THEN 'OPEN' ELSE announced_state::text END)::conversation_state
WHERE tenant_id LIKE 'PREFIX%';
DELETE FROM tab_counts WHERE tenant_id LIKE 'PREFIX%';
