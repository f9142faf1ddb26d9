-- The first day on which the key of a client counts no more; none while it has no end. A key that is rotated gets one.
alter table parties.clients add column valid_until date;
