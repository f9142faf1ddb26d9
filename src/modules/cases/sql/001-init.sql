-- Whatever needs a person, a clock or two sides. The procedures are data that other modules bring; this schema keeps a
-- copy of each version, so that a case runs to its end under the version it was opened under and no move can be
-- recorded that its procedure does not know.

create table cases.procedures (
  name text not null,
  version int not null,
  first text not null,
  -- The states that no move leaves: a case is closed there.
  ends text[] not null,
  digest text not null,
  primary key (name, version)
);

create table cases.procedure_moves (
  procedure text not null,
  version int not null,
  move text not null,
  froms text[] not null,
  -- Null for the moves that every procedure has: claim and hand over stay, reverse goes back.
  to_state text,
  by text not null,
  decision boolean not null,
  primary key (procedure, version, move),
  unique (procedure, version, move, decision),
  foreign key (procedure, version) references cases.procedures (name, version)
);

create table cases.procedure_deadlines (
  procedure text not null,
  version int not null,
  name text not null,
  states text[] not null,
  -- Hours as a decimal, or the case's fact that holds them; a fact that the case lacks starts no clock.
  hours text not null,
  -- `opened`, `entered` (the state), or the fact that holds the instant.
  runs_from text not null,
  source text not null,
  move text,
  primary key (procedure, version, name),
  foreign key (procedure, version) references cases.procedures (name, version)
);

create table cases.cases (
  id uuid primary key,
  procedure text not null,
  version int not null,
  subject uuid not null,
  state text not null,
  desk text,
  opened timestamptz not null,
  opened_by text not null,
  closed timestamptz,
  claimed_by text,
  claimed_at timestamptz,
  -- JSON texts: what the case was opened on, and who stands in it at which place.
  facts text not null,
  parties text not null,
  changed timestamptz not null,
  -- The number of the last move. Whoever acts names the one he saw.
  stamp int not null,
  foreign key (procedure, version) references cases.procedures (name, version)
) with (fillfactor = 80);
create index cases_open on cases.cases (desk, id) where closed is null;
create index cases_subject on cases.cases (subject, id);

-- Appended and never changed. A decision without ground, reason and remedy cannot be stored, and what is a decision is
-- said by the procedure and not by the row.
create table cases.moves (
  case_id uuid not null,
  number int not null,
  procedure text not null,
  version int not null,
  move text not null,
  decision boolean not null,
  from_state text not null,
  to_state text not null,
  actor text not null,
  authority text,
  at timestamptz not null,
  ground text,
  reason text,
  remedy text,
  -- What the decision says beyond its outcome, as JSON text; the procedure's owner reads it.
  details text,
  note text,
  -- The number of the move that this one reverses: once and not twice.
  undoes int,
  primary key (case_id, number),
  foreign key (case_id) references cases.cases (id),
  foreign key (procedure, version, move, decision)
    references cases.procedure_moves (procedure, version, move, decision),
  constraint decisions_say_why check (
    not decision or (
      coalesce(ground ~ '[^\s\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]', false)
      and coalesce(reason ~ '[^\s\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]', false)
      and coalesce(remedy ~ '[^\s\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]', false)
    )
  ),
  constraint reversals_name_what check ((move = 'reverse') = (undoes is not null))
);
create unique index moves_undone_once on cases.moves (case_id, undoes) where undoes is not null;

create table cases.deadlines (
  case_id uuid not null,
  name text not null,
  -- The number of the move that set it running, 0 for the opening: a state entered again starts its clocks again.
  since int not null,
  due timestamptz not null,
  source text not null,
  state text not null check (state in ('running', 'met', 'fallen', 'stopped')),
  -- When the case left it behind; one that fell and waits for a person has not ended, and the case is overdue.
  ended timestamptz,
  primary key (case_id, name, since),
  foreign key (case_id) references cases.cases (id)
) with (fillfactor = 80);
create index deadlines_due on cases.deadlines (due) where state = 'running';
