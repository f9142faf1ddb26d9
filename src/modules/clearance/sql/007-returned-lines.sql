-- What came back of a parcel's goods, line by line: written when the goods are back, never changed. What is left of a
-- line is what its current version declares less what stands here.
create table clearance.returned_lines (
  id uuid not null,
  return uuid not null,
  line int2 not null,
  quantity numeric not null,
  value_minor bigint not null,
  net_weight numeric,
  gross_weight numeric,
  primary key (id, return, line)
);
