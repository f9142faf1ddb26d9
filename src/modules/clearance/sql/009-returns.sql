-- Goods that go back after their release: what was applied for, what came back and when, and what the law gives for it.
-- A return is a case of its own, whose id is the return's.
create table clearance.returns (
  id uuid primary key,
  parcel uuid not null,
  -- Who applied, and the applicant's own key: the same again is the same return.
  party text not null,
  by text not null,
  reference text not null,
  -- The application as it was made, JSON.
  asked text not null,
  applied timestamptz not null,
  back timestamptz,
  operator text,
  place text,
  condition text,
  -- What the law says of it, worked out when the goods were back, JSON.
  law text,
  outcome text,
  ended timestamptz,
  -- What was given back, in minor units of the home currency: at the border by this window, and by whoever collected it.
  border_minor bigint not null default 0,
  elsewhere_minor bigint not null default 0,
  unique (party, reference),
  constraint back_whole check ((back is null) = (operator is null) and (back is null) = (place is null)
    and (back is null) = (condition is null) and (back is null) = (law is null)),
  constraint ended_how check ((ended is null) = (outcome is null)
    and (outcome is null or outcome in ('refunded', 'refused', 'lapsed', 'withdrawn')))
);
create index returns_parcel on clearance.returns (parcel, id);

-- An import whose goods were exported before: the export that this window knows, and the day on which it left. It is an
-- input of the decision, kept so that the decision can be worked out again.
create table clearance.returned_exports (
  id uuid primary key,
  export uuid not null,
  exported date not null
);
create index returned_exports_export on clearance.returned_exports (export);
