import { readFile } from 'node:fs/promises';
import { type Given, type Option, required } from './args.ts';
import { FileError } from './read.ts';

/** Which window is asked, and as whom. */
export const keyOptions: readonly Option[] = [
  { name: 'to', value: 'ADDRESS', help: 'the window, such as http://127.0.0.1:8080' },
  { name: 'key', value: 'KEY', help: 'the key of an API client' },
  { name: 'key-file', value: 'FILE', help: 'a file that holds the key' },
];

/** A key in a file does not show in the list of processes, as one on the command line does. */
export async function keyOf(given: Given): Promise<string> {
  const file = given.values['key-file'];
  if (file === undefined) return required(given, 'key', 'the window gave it with the API client; or name --key-file');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new FileError(`There is no key file ${file}.`);
  });
  return text.trim();
}
