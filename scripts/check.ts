import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** One thing that is checked, as a command. Those of one lane run one after another, the lanes beside each other. */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const root = join(import.meta.dirname, '..');
const tool = (name: string): string => join(root, 'node_modules/.bin', name);
const tested = (name: string, file: string): Step => ({ name, command: [process.execPath, '--test', file] });

const lanes: readonly (readonly Step[])[] = [
  [
    { name: 'types', command: [tool('tsc'), '--noEmit', '-p', '.'] },
    { name: 'lint', command: [tool('oxlint'), '--type-aware', '--deny-warnings'] },
    { name: 'format', command: [tool('biome'), 'format', '--reporter=summary', '.'] },
    { name: 'unused', command: [tool('knip'), '--no-progress', '--no-config-hints'] },
  ],
  [
    tested('architecture', 'test/architecture.test.ts'),
    tested('tidy', 'test/tidy.test.ts'),
    tested('golden', 'test/golden.test.ts'),
  ],
];

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly words: string;
}

function runStep({ name, command: [program = '', ...args] }: Step): Promise<Outcome> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (words += chunk.toString()));
    const end = (ok: boolean): void => resolve({ name, ok, seconds: (performance.now() - begun) / 1_000, words });
    child.once('error', (error) => {
      words += error.message;
      end(false);
    });
    child.once('close', (code) => end(code === 0));
  });
}

async function runLane(steps: readonly Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    const outcome = await runStep(step);
    process.stdout.write(`${outcome.ok ? '✔' : '✖'}  ${outcome.name.padEnd(12)} ${outcome.seconds.toFixed(1)} s\n`);
    outcomes.push(outcome);
  }
  return outcomes;
}

const outcomes = (await Promise.all(lanes.map(runLane))).flat();
const failed = outcomes.filter(({ ok }) => !ok);
for (const { name, words } of failed) process.stdout.write(`\n— ${name} —\n${words.trim()}\n`);
process.exit(failed.length === 0 ? 0 : 1);
