-- What a notice is about where that is no parcel: a service. Null is a parcel, which nearly all of them are.
alter table treasury.notices add column about text check (about in ('service'));
