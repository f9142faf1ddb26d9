// Makes `npm start` work from a bare clone: installs the locked packages when they are not there, Node 24 and
// PostgreSQL among them. It runs on whatever Node the machine has, so it uses nothing newer than Node 18.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.bootstrap`;

function end(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

const supported = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
const glibc = supported && process.report?.getReport().header.glibcVersionRuntime;
if (!glibc) {
  const here = supported ? `${process.platform} ${process.arch} without glibc` : `${process.platform} ${process.arch}`;
  end(`Portolan runs on Linux with glibc on x64 or arm64, and this is ${here}: use the Dockerfile here.`);
}

function run(command, args, sentence) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0) end(`${sentence}${error ? ` (${error.message})` : ''}`);
}

function install() {
  process.stderr.write('Installing the locked packages, Node 24 and PostgreSQL 18 among them…\n');
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  run(command, [...first, ...flags], 'The packages could not be installed: check the network and the messages above.');
}

const lock = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');
const wanted = `${lock} ${process.platform} ${process.arch}\n`;
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  install();
  const link = "import('./src/platform/postgres-binaries.ts').then((it) => it.hydrate())";
  run(
    `${root}node_modules/.bin/node`,
    ['--eval', link],
    'The PostgreSQL that was installed does not fit this machine.',
  );
  try {
    writeFileSync(stamp, wanted);
  } catch (error) {
    end(`node_modules cannot be written (${error.code}): run npm ci as the user who owns it.`);
  }
}
