-- How far an arrival has been worked through is one place in its tally and no mark on every piece: pieces are looked at
-- in the order of their barcodes, and a set begins behind the last one. An arrival under way begins anew, which changes
-- nothing for the pieces that were looked at.
alter table clearance.arrivals add column worked text not null default '';
update clearance.arrivals a
   set worked = coalesce((select max(barcode) from clearance.tallies t where t.arrival = a.id), '')
 where finished is not null;
drop index clearance.tallies_open;
alter table clearance.tallies drop column handled;
