import { asHand } from '#platform/hands.ts';
import { workAll } from './replay-work.ts';

/** One of the processes that work on a replay. */
await asHand(workAll);
