-- Whether a representative may let another act in his place; and whoever is represented finds who acts for him.
alter table parties.representations add column onward boolean not null default false;
create index representations_represented on parties.representations (represented)
  where until_epoch = 9223372036854775807;
create index representations_chain on parties.representations using gin (chain)
  where until_epoch = 9223372036854775807;
create index users_party on parties.users (party) where party is not null;
