import { asHand } from '#platform/hands.ts';
import { workAll } from './run.ts';

/** One of the processes that close a month. */
await asHand(workAll);
