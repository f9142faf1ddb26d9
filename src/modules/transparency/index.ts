/** The sealed journal: its segments, and whether the journal is still what was sealed. The door for other modules. */
export { SegmentView } from './model.ts';
export { lastSegment, sealer } from './service.ts';
export { type Fault, type Noted, type Verified, verify } from './service-verify.ts';
