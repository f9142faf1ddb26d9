import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The numbers of the processes that run this file for this job now. */
export const handsOf = (entry: string, job: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`${entry}\0${job}`);
      } catch {
        return false;
      }
    })
    .map(Number);

/** How nice a process is: 19 gives way to everybody. */
export const priorityOf = (hand: number): number =>
  Number(readFileSync(`/proc/${hand}/stat`, 'utf8').split(') ')[1]?.split(' ')[16]);

/** The same of its session, by which Linux shares the processor first outside a container; null where it does not. */
export function sessionPriorityOf(hand: number): number | null {
  const path = `/proc/${hand}/autogroup`;
  return existsSync(path) ? Number(/nice (-?\d+)/.exec(readFileSync(path, 'utf8'))?.[1]) : null;
}
