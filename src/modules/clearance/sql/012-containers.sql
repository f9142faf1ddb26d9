-- The containers in which a carrier's manifest says that a house bill's pieces travel.
create table clearance.manifest_containers (
  container text not null,
  manifest uuid not null,
  house text not null,
  primary key (container, manifest, house)
);
