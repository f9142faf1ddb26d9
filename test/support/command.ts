import { systemClock } from '#platform/clock.ts';
import { run } from '../../src/cli/run.ts';

/** How a command ended, and what it said. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line itself, with the settings it would find in its environment. */
export async function portolan(env: Readonly<Record<string, string>>, ...argv: string[]): Promise<Ran> {
  const said = { out: '', err: '' };
  const before = { ...process.env };
  delete process.env['DATABASE_URL'];
  Object.assign(process.env, { PORTOLAN_SHARED_BUFFERS: '32MB' }, env);
  try {
    const code = await run(argv, {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      live: false,
      clock: systemClock,
    });
    return { code, ...said };
  } finally {
    for (const name of ['PORTOLAN_SHARED_BUFFERS', ...Object.keys(env)]) delete process.env[name];
    Object.assign(process.env, before);
  }
}
