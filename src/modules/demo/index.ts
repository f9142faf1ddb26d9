/**
 * The demonstration: invented people and parcels, the history of thirty days, a quiet stream, an aircraft, the tour.
 * Parcels are shared with the benchmark, the flight with the journeys.
 */
export { castAuthorities, castGuarantees, castParties, castPeople, castRepresentations } from './cast.ts';
export { type BondedWare, intoBond, outOfBond } from './bonded.ts';
export { exportParcel } from './exports.ts';
export { demoBar } from './bar.ts';
export { curlLine } from './curl.ts';
export { type Demo, openDemo, resetDemo, startDemo } from './demo.ts';
export { fileFlight, type Flight, flightScenario, landFlight, landLate } from './flight.ts';
export { type Kind, shares, shareWhole } from './kinds.ts';
export { type Invented, parcel, type ParcelOptions, type Standing } from './parcels.ts';
export { demoTable } from './print.ts';
export { ids, sellers } from './roles.ts';
export { enrolCast, type Progress } from './seed.ts';
export { type Stop, tourStops } from './tour.ts';
