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
export { registerProcedures } from './registry.ts';
export {
  act,
  actAll,
  type Acting,
  caseOf,
  casesOf,
  claim,
  countsOf,
  handOver,
  installProcedures,
  oldestOpen,
  open,
  queue,
  reverse,
  timelineOf,
} from './service.ts';
export { sweep } from './service-sweep.ts';
