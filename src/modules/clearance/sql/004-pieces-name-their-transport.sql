-- A piece carries the document it travels under, with its carrier and master bill: one row a piece instead of two, and no
-- table of transports, which have at least one piece each.

alter table clearance.pieces add carrier text, add master text;
update clearance.pieces p set carrier = t.carrier, master = t.master
from clearance.transports t where t.document = p.document and t.id = p.id;
alter table clearance.pieces alter carrier set not null;
drop table clearance.transports;

-- Where a parcel travels as one piece its barcode is the document's number, and the key of the table finds both.
create index pieces_document on clearance.pieces (document) where document <> barcode;
