import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  ParseOption,
  XmlBufferInputProvider,
  XmlDocument,
  XmlLibError,
  xmlRegisterInputProvider,
  XsdValidator,
} from 'libxml2-wasm';
import { ok, refuse, type Refused, type Result } from '#kernel/result.ts';

/**
 * Official schemas, from a folder that the operator names. They are read once into memory, and the library sees that
 * memory and nothing else: no file, no network, no entity that is not in the text itself.
 */
export interface Schemas {
  /** Whether there is a schema for documents with this root. */
  knows(uri: string, name: string): boolean;
  /**
   * Refuses, at line and path, what the schema for this root does not allow; true where it was looked at. Refused too
   * where the schema itself cannot be read: then nobody can say whether it allows the document.
   */
  check(uri: string, name: string, bytes: Buffer): Result<boolean>;
  /** Compiles every schema that stands for a root, and says which of them cannot be read and why. */
  unreadable(): Unreadable[];
}

/** A schema that is no schema, or misses what it is built on. */
export interface Unreadable {
  /** Its path in the folder. */
  readonly file: string;
  readonly said: string;
}

/** Neither entities nor document types are loaded; addresses on the net are never opened. */
const options = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;

const faultsMax = 20;

/** The name under which a file is known in memory; the library wants plain letters in it. */
const memoryName = (folder: number, path: string): string =>
  `portolan-schemas:/${folder}/${path.replace(/[^\x21-\x7e]/g, (one) => encodeURIComponent(one))}`;

/** The elements that a schema declares at its top, by a look at its text: it is the operator's and not a sender's. */
function rootsOf(text: string): string[] {
  const uri = /<(?:\w+:)?schema\b[^>]*\btargetNamespace="([^"]*)"/.exec(text)?.[1];
  if (uri === undefined) return [];
  const depth = /<(\/?)(?:\w+:)?(schema|element|complexType|group|simpleType)\b([^>]*?)(\/?)>/g;
  const names: string[] = [];
  let level = 0;
  for (const [, end, tag, attributes = '', empty] of text.replaceAll(/<!--[\s\S]*?-->/g, '').matchAll(depth)) {
    if (end === '/') level -= 1;
    else {
      const name = /\bname="([^"]+)"/.exec(attributes)?.[1];
      if (level === 1 && tag === 'element' && name !== undefined) names.push(`{${uri}}${name}`);
      if (empty === '') level += 1;
    }
  }
  return names;
}

/** The namespaces of which a schema lets any element stand in it, as an envelope does for what it carries. */
const carriedBy = (text: string): string[] =>
  [...text.matchAll(/<(?:\w+:)?any\b[^>]*\bnamespace="([^"#]+)"/g)].map(([, uri]) => uri!);

/**
 * A schema that lets an envelope and what it carries be judged as one, made of the schema of each. One folder may hold
 * several for the same content, as for a declaration and for its cancellation: each is a way of its own.
 */
const joined = (envelope: string, uri: string, inside: readonly (readonly [uri: string, file: string])[]): string =>
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${[[uri, envelope] as const, ...inside]
    .map(([namespace, file]) => `<xs:import namespace="${namespace}" schemaLocation="${file}"/>`)
    .join('')}</xs:schema>`;

let folders = 0;

interface Found {
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  readonly roots: readonly string[];
}

/** Every way in which a document with this root may be allowed: one file, or one file with what it carries. */
function waysOf(root: string, found: readonly Found[], files: Record<string, Uint8Array>): string[] {
  const uri = root.slice(1, root.indexOf('}'));
  return found
    .filter(({ roots }) => roots.includes(root))
    .flatMap(({ name, folder, text }) => {
      const inside = carriedBy(text).flatMap((carried) =>
        found
          .filter((one) => one.folder === folder && one.roots.some((other) => other.startsWith(`{${carried}}`)))
          .map((one) => [carried, one.name] as const),
      );
      if (inside.length === 0) return [name];
      return inside.map((one, index) => {
        const way = `${name}.${index}.xsd`;
        files[way] = Buffer.from(joined(name, uri, [one]));
        return way;
      });
    });
}

/** The schemas in a folder; none where it is null or not there. */
export function schemasIn(folder: string | null): Schemas {
  const none: Schemas = { knows: () => false, check: () => ok(false), unreadable: () => [] };
  if (folder === null || !existsSync(folder)) return none;
  folders += 1;
  const files: Record<string, Uint8Array> = {};
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.xsd$/i.test(path));
  const found = paths.toSorted().map((path): Found => {
    const bytes = readFileSync(join(folder, path));
    const name = memoryName(folders, path);
    files[name] = bytes;
    const text = bytes.toString('utf8');
    return { name, folder: dirname(path), text: text.replaceAll(/<!--[\s\S]*?-->/g, ''), roots: rootsOf(text) };
  });
  const ways = new Map<string, string[]>();
  for (const root of new Set(found.flatMap(({ roots }) => roots))) ways.set(root, waysOf(root, found, files));
  xmlRegisterInputProvider(new XmlBufferInputProvider(files));
  const compiled = new Map<string, XsdValidator | Unreadable>();
  const validatorOf = (file: string): XsdValidator | Unreadable => {
    let validator = compiled.get(file);
    if (validator === undefined) compiled.set(file, (validator = compile(file, files[file]!)));
    return validator;
  };
  return {
    knows: (uri, name) => ways.has(`{${uri}}${name}`),
    unreadable: () =>
      [...new Set([...ways.values()].flat())]
        .map(validatorOf)
        .filter((one): one is Unreadable => !(one instanceof XsdValidator)),
    check(uri, name, bytes) {
      let refused: Refused | undefined;
      for (const file of ways.get(`{${uri}}${name}`) ?? []) {
        const validator = validatorOf(file);
        if (!(validator instanceof XsdValidator)) return refuse('messages/schema-unreadable');
        const checked = validated(validator, bytes);
        if (checked.ok) return checked;
        // Of several schemas the one is quoted that the document comes nearest to.
        if (refused === undefined || faultsOf(checked) < faultsOf(refused)) refused = checked;
      }
      return refused ?? ok(false);
    },
  };
}

function compile(name: string, bytes: Uint8Array): XsdValidator | Unreadable {
  let schema: XmlDocument | undefined;
  try {
    schema = XmlDocument.fromBuffer(bytes, { url: name, option: options });
    return XsdValidator.fromDoc(schema);
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    const plain = (text: string): string => text.replaceAll(/portolan-schemas:\/\d+\//g, '');
    const said = plain(error.details[0]?.message ?? error.message).trim();
    return { file: decodeURIComponent(plain(name)), said: said.replace(/\.$/, '') };
  } finally {
    schema?.dispose();
  }
}

const faultsOf = ({ error }: Refused): number => error.more?.length ?? 0;

function validated(validator: XsdValidator, bytes: Buffer): Result<boolean> {
  let document: XmlDocument | undefined;
  try {
    document = XmlDocument.fromBuffer(bytes, { option: options });
    validator.validate(document);
    return ok(true);
  } catch (error) {
    if (!(error instanceof XmlLibError) || error.details.length === 0) throw error;
    const [first, ...more] = error.details.slice(0, faultsMax).map(({ line, xpath, message }) => ({
      code: 'messages/xsd',
      pointer: plainPath(xpath ?? ''),
      params: { in: 'xml', line: String(line), said: message.trim() },
    }));
    return refuse('messages/xsd', { ...first, more });
  } finally {
    document?.dispose();
  }
}

/** `/*[1]/ceb:Order[2]` without prefixes, as all of our paths are. */
const plainPath = (path: string): string => path.replaceAll(/\/[\w.-]+:/g, '/');
