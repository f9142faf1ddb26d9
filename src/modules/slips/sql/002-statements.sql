-- A statement is known by the digest of what was signed, since one signature has two forms. Sent again with the same file it
-- is the same statement.
alter table slips.statements add column identity bytea not null unique check (length(identity) = 32);
