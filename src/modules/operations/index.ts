/** How the window runs: whether it answers, when it was last kept, what went wrong. The door for other modules. */
export { measure } from './heartbeat.ts';
export { addBackup, type Backup, type Keeping, lastKept, noteDrill } from './store.ts';
