-- The public key (JWK, ES256 over P-256) with which a client signs what vouches for a file of its uploads. It is part of the
-- reference, so that a key that was taken away verifies nothing from the next epoch on.
alter table parties.clients add column signing text;
