-- The keys with which this window signs what it issues. A key is retired, never removed: what it signed is verified with
-- its public half for as long as anybody keeps it. There is at most one that is not retired.
create table platform.signing_keys (
  -- The thumbprint of the public key (RFC 7638), by which headers name it.
  kid text primary key,
  -- The private key as a JWK.
  jwk text not null,
  made timestamptz not null,
  retired timestamptz
);
create unique index signing_keys_current on platform.signing_keys ((true)) where retired is null;
