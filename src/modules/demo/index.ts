/**
 * The demonstration: invented people and parcels, the history of thirty days, a quiet stream, an aircraft, the tour.
 * Parcels are shared with the benchmark, the flight with the journeys.
 */
export { castAuthorities, castGuarantees, castParties, castPeople, castRepresentations } from './cast.ts';
export { type Kind, shares, shareWhole } from './kinds.ts';
export { type Invented, parcel, type ParcelOptions, type Standing } from './parcels.ts';
export { ids, sellers } from './roles.ts';
