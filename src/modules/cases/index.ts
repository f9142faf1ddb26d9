export {
  type Actor,
  type CaseRow,
  type Deadline,
  type DeadlineRow,
  type Effect,
  type Facts,
  type Move,
  type MoveRow,
  type NewCase,
  type Procedure,
  type QueueCount,
  type QueueFilter,
  type Reasons,
  recordOf,
} from './model.ts';
export { deskProcedures, movesIn, registerProcedures } from './registry.ts';
export {
  act,
  actAll,
  type Acting,
  caseOf,
  casesOf,
  claim,
  handOver,
  installProcedures,
  open,
  queue,
  restate,
  reverse,
  timelineOf,
} from './service.ts';
export { countsOf, oldestOpen, stampsOf, subjectsBetween } from './service-counts.ts';
export { addEvidence } from './service-evidence.ts';
export { sweep } from './service-sweep.ts';
