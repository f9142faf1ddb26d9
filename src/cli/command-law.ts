import { request as plain, type IncomingMessage } from 'node:http';
import { request as secure } from 'node:https';
import { loadPackFolder } from '#modules/rulebook/index.ts';
import { filesOf, required, UsageError } from './args.ts';
import { isObject } from './build.ts';
import type { Command } from './command.ts';
import { keyOf, keyOptions } from './key.ts';
import { FileError } from './read.ts';
import { exit, type Terminal } from './terminal.ts';

const answerMax = 4_000_000;

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > answerMax) break;
  }
  return text;
}

/** Posts one JSON document to a window and gives its answer. */
async function post(to: string, path: string, key: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const url = URL.parse(path, to);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new UsageError(`--to is the address of a window, such as http://127.0.0.1:8080.`);
  const bytes = Buffer.from(JSON.stringify(body), 'utf8');
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-length': String(bytes.length),
  };
  const asked = (url.protocol === 'https:' ? secure : plain)(url, { method: 'POST', headers });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  asked.on('response', resolve);
  asked.on('error', reject);
  asked.end(bytes);
  try {
    const message = await promise;
    const text = await textOf(message);
    return { status: message.statusCode ?? 0, body: JSON.parse(text) as unknown };
  } catch (error) {
    throw new FileError(`The window at ${url.origin} cannot be asked: ${error instanceof Error ? error.message : ''}`);
  }
}

const said = (body: unknown, name: string): string =>
  isObject(body) && typeof body[name] === 'string' ? body[name] : '';

/** What the window says is wrong, each with its place. */
function tell(terminal: Terminal, body: unknown): void {
  terminal.err(`${said(body, 'title')}. ${said(body, 'detail')}\n`);
  const errors: unknown = isObject(body) ? body['errors'] : [];
  for (const one of Array.isArray(errors) ? errors : []) terminal.err(`  ${said(one, 'detail')}\n`);
}

export const lawProposeCommand: Command = {
  name: 'law propose',
  takes: 'FOLDER',
  does: 'Hands in a changed pack as the draft of a change of law; a person of the authority then proposes it.',
  options: [
    { name: 'title', value: 'TEXT', help: 'what people will read as the name of the change' },
    ...keyOptions,
    { name: 'in-force', value: 'MOMENT', help: 'when it is to come into force (when it is approved)' },
    { name: 'change', value: 'ID', help: 'puts the draft in the place of the last one of this change' },
    { name: 'stamp', value: 'N', help: 'with --change: the number of its last step that you saw' },
  ],
  async run(given, terminal) {
    const [folder = ''] = filesOf(given, 1, 1, 'the folder of the pack');
    const title = required(given, 'title', 'people read it');
    const to = required(given, 'to', 'the address of the window');
    const key = await keyOf(given);
    const source = await loadPackFolder(folder);
    if (!source.ok)
      throw new FileError(`${folder}: ${source.error.params?.['file'] ?? ''} is no file of a pack, or cannot be read.`);
    const { id: pack, files } = source.value;
    const inForce = given.values['in-force'] ?? null;
    const { change, stamp = '' } = given.values;
    if (change !== undefined && !/^\d{1,6}$/.test(stamp)) throw new UsageError('--change needs --stamp, a number.');
    const body = {
      title,
      pack,
      whole: true,
      files,
      inForce,
      ...(change === undefined ? {} : { stamp: Number(stamp) }),
    };
    const path = change === undefined ? '/v1/law/drafts' : `/v1/law/changes/${change}/drafts`;
    const answer = await post(to, path, key, body);
    if (answer.status !== 201) {
      tell(terminal, answer.body);
      return exit.refused;
    }
    const id = said(answer.body, 'change');
    terminal.out(
      `The draft is kept: ${pack} ${said(answer.body, 'version')}.\n${new URL(`/law/changes/${id}`, to).href}\n`,
    );
    return exit.done;
  },
};
