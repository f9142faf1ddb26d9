/** The developer's door: keys, what they asked for, and what a program is tried with. The door for other modules. */
export { receiverKinds } from './samples.ts';
