import { type Fault, type Noted, type Verified, verify } from '#modules/transparency/index.ts';
import { environment, readConfig } from '#platform/config.ts';
import { codeOf, openDb } from '#platform/db.ts';
import { filesOf, type Given, UsageError } from './args.ts';
import type { Command } from './command.ts';
import { FileError, type Meter } from './read.ts';
import { count, exit, Progress } from './terminal.ts';
import { besideWindow } from './window.ts';

const shownMax = 50;

/** What is wrong, in a sentence. */
function sentence(fault: Fault): string {
  const segment = `Segment ${fault.segment}`;
  switch (fault.kind) {
    case 'gone':
      return fault.segment === fault.until
        ? `${segment} is gone.`
        : `Segments ${fault.segment} to ${fault.until} are gone.`;
    case 'leaf':
      return `${segment}: its leaf is not the one that was sealed; the segment before it or its own row was changed.`;
    case 'count':
      return fault.found > fault.sealed
        ? `${segment}: ${count(fault.sealed)} entries were sealed, and the journal has more there: some were put in.`
        : `${segment}: ${count(fault.sealed)} entries were sealed, and the journal has ${count(fault.found)}: some were removed.`;
    case 'root':
      return `${segment}: its entries are not those that were sealed; at least one was changed.`;
    case 'end':
      return `Segments from ${fault.segment} on are gone: the sealer had gone further.`;
    default:
      return `${segment} does not have the hash that you noted.`;
  }
}

/** `NUMBER:HASH`, as the status page shows them. */
function notedIn({ values }: Given): Noted[] {
  const text = values['noted'];
  if (text === undefined) return [];
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? [];
  if (number === undefined || hash === undefined)
    throw new UsageError(`--noted is NUMBER:HASH, a segment and the 64 digits of its hash, not “${text}”.`);
  return [{ segment: BigInt(number), hash: hash.toLowerCase() }];
}

function told({ segments, entries, unsealed, root, faults }: Verified): string {
  const sealed = `${count(Number(segments))} segments with ${count(Number(entries))} entries are sealed, ${count(Number(unsealed))} entries came since.`;
  const more = faults.length - shownMax;
  return [
    ...faults.slice(0, shownMax).map((fault) => `✖ ${sentence(fault)}`),
    ...(more > 0 ? [`… and ${count(more)} more.`] : []),
    sealed,
    `The root over all segments is ${root}.`,
    faults.length === 0
      ? 'The journal is what was sealed: nothing was changed, put in or removed.'
      : 'The journal is not what was sealed. Keep the database as it is, and compare it with a backup (portolan drill).',
    '',
  ].join('\n');
}

export const verifyCommand: Command = {
  name: 'verify',
  takes: '',
  does: 'Recomputes the seals of the journal, and says which segment is not what was sealed.',
  options: [
    { name: 'noted', value: 'NUMBER:HASH', help: 'the hash of a segment that somebody noted earlier, from /status' },
  ],
  async run(given, terminal) {
    filesOf(given, 0, 0, 'nothing more');
    const noted = notedIn(given);
    const verified = await besideWindow(readConfig(environment(), []), async (url) => {
      const db = openDb({ url, size: 2 });
      const meter: Meter & { total: number } = { total: 1, read: 0 };
      const progress = new Progress(terminal, meter, 'entries', 'of the segments recomputed');
      try {
        const found = await verify(db, noted, (segments, entries, of) => {
          meter.total = Number(of);
          meter.read = Number(segments);
          progress.tick(Number(entries));
        });
        progress.end(Number(found.entries));
        return found;
      } catch (error) {
        if (codeOf(error) !== '42P01') throw error;
        throw new FileError('Nothing is sealed in this database yet: its window is older than this program.');
      } finally {
        await db.close();
      }
    });
    terminal.out(told(verified));
    return verified.faults.length === 0 ? exit.done : exit.refused;
  },
};
