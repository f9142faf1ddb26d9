-- Files that people attach to a record, kept exactly as they came. They are compressed already, so the database does not
-- try again.
create table documents.attachments (
  id uuid primary key,
  about_kind text not null,
  about_id text not null,
  name text not null check (name <> ''),
  media_type text not null check (media_type in ('application/pdf', 'image/jpeg', 'image/png', 'image/webp')),
  sha256 bytea not null check (length(sha256) = 32),
  bytes bytea not null check (length(bytes) between 1 and 5242880),
  attached_by text not null,
  attached timestamptz not null
);
alter table documents.attachments alter column bytes set storage external;
create index attachments_about on documents.attachments (about_kind, about_id, id);
