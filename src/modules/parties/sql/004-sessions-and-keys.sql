-- A session is one device of its person, who may end it: it gets a name that proves nothing, unlike its token.
alter table parties.sessions add column id uuid not null default gen_random_uuid();
alter table parties.sessions add column device text not null default '';
create unique index sessions_id on parties.sessions (id);

-- The public keys (a list of JWK) with which a client asks the issuer for access tokens: two of them while one is replaced by
-- the next. They are part of the reference, so that a key that was taken away opens nothing from the next epoch on.
alter table parties.clients add column access text not null default '[]';
