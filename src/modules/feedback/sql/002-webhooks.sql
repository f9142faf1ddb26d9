-- Where a party has its news sent. The whole state of a delivery is here: how far it has come, and the batch under way.

create table feedback.webhooks (
  id uuid primary key,
  party text not null,
  url text not null,
  -- Null for every kind.
  kinds text[],
  size int2 not null,
  -- What signatures are made with has to be there as it is; the one before it signs too until it ends.
  secret text not null,
  old_secret text,
  old_until timestamptz,
  -- `active`, `paused` after batches that failed in a row or by its party, `gone` when its receiver said so.
  state text not null,
  since timestamptz not null,
  created timestamptz not null,
  created_by text not null,
  -- Everything up to here was delivered or parked.
  cursor bigint not null,
  -- The moment when events that had not been sent were found to be no longer kept.
  missed timestamptz,
  -- The batch under way: events after the cursor up to `upto`, of the kinds that were wanted when it was put together.
  batch uuid,
  upto bigint,
  batch_kinds text[],
  attempts int2 not null default 0,
  next_at timestamptz not null default to_timestamp(0),
  -- Names the attempt that runs: only this one may say what came of it.
  attempt uuid,
  parked_in_row int2 not null default 0,
  delivered timestamptz,
  last_at timestamptz,
  last_answer text,
  check ((batch is null) = (upto is null))
) with (fillfactor = 50);
create index webhooks_party on feedback.webhooks (party);

-- Batches that were given up, to be looked at and sent again under the same ids.
create table feedback.dead_letters (
  batch uuid primary key,
  webhook uuid not null references feedback.webhooks on delete cascade,
  after bigint not null,
  upto bigint not null,
  kinds text[],
  events int not null,
  attempts int not null,
  parked timestamptz not null,
  -- `parked`, `replaying` while it is to be sent again, `delivered`.
  state text not null,
  last_at timestamptz not null,
  last_answer text not null
);
create index dead_letters_webhook on feedback.dead_letters (webhook, batch);
create index dead_letters_replaying on feedback.dead_letters (webhook) where state = 'replaying';
