import { lineAt, withoutComments, type SourceFile } from './files.ts';

/** One thing that does not stand in this repository, and what stands instead. */
interface Ban {
  readonly pattern: RegExp;
  readonly instead: string;
  /** Whether comments may say it. */
  readonly inComments: boolean;
  readonly except?: RegExp;
}

const tests = /\.test\.ts$|^test\/|^bench\/|^scripts\//;

const left = ['TODO', 'FIXME', 'XXX'].join('|');

const bans: readonly Ban[] = [
  { pattern: new RegExp(`\\b(${left})\\b`), instead: 'do it now, or leave it out and say so', inComments: false },
  { pattern: /\bMath\.random\b/, instead: 'random bytes of node:crypto, or a stated seed', inComments: true },
  {
    pattern: /\bDate\.now\b|\bnew Date\b|\bDate\.parse\b/,
    instead: 'the injected clock',
    inComments: true,
    except: /^src\/platform\/clock\.ts$|^src\/kernel\/effective\.ts$|\.test\.ts$|^test\/|^bench\/|^scripts\//,
  },
  {
    pattern: /(?<![\w.])fetch\(/,
    instead: 'src/platform/outbound.ts',
    inComments: true,
    except: new RegExp(`^src/platform/outbound\\.ts$|${tests.source}`),
  },
  {
    pattern: /\bprocess\.env\b/,
    instead: 'src/platform/config.ts',
    inComments: true,
    except: /^src\/platform\/config\.ts$|\.test\.ts$|^test\/|^bench\/|^scripts\//,
  },
  { pattern: /\bconsole\./, instead: 'the log, or the stream that was handed in', inComments: true, except: tests },
  { pattern: /@ts-(ignore|expect-error|nocheck)/, instead: 'types that hold', inComments: false },
  { pattern: /\b(test|describe|it)\.only\(|\bonly: true/, instead: 'all tests', inComments: true },
  { pattern: /\bas any\b|: any\b(?!\w)/, instead: 'unknown, and a look at it', inComments: true, except: tests },
];

const lineMax = 120;
const fileMax = 300;

/** Files over the limit, each with its reason. */
export type Reasons = Readonly<Record<string, string>>;

/** The text with what stands in strings and templates left out: nothing breaks those but whoever wrote them. */
const withoutTexts = (text: string): string =>
  text.replace(
    /(\/\*[^]*?\*\/|\/\/[^\n]*)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`/g,
    (whole, comment) => (typeof comment === 'string' ? whole : whole.replace(/[^\n]/g, '')),
  );

function longLines({ path, text }: SourceFile): string[] {
  return withoutTexts(text)
    .split('\n')
    .flatMap((line, index) => {
      const { length } = Array.from(line);
      if (length <= lineMax) return [];
      return [`${path}:${index + 1} the line has ${length} characters; ${lineMax} are enough`];
    });
}

function banned(file: SourceFile): string[] {
  const code = withoutComments(file.text);
  return bans.flatMap(({ pattern, instead, inComments, except }) => {
    if (except?.test(file.path) === true) return [];
    const searched = inComments ? code : file.text;
    const found = pattern.exec(searched);
    return found === null
      ? []
      : [`${file.path}:${lineAt(searched, found.index)} ${found[0]} stands here; instead: ${instead}`];
  });
}

function tooLong({ path, text }: SourceFile, reasons: Reasons): string[] {
  const lines = text.split('\n').length - 1;
  if (lines <= fileMax || /\.test\.ts$|^test\/|^bench\//.test(path) || path in reasons) return [];
  return [`${path} has ${lines} lines: split it by noun, or give the reason in test/tidy.test.ts`];
}

/** Everything untidy in the files; a reason that is no longer needed is untidy too. */
export function tidyFaults(files: readonly SourceFile[], reasons: Reasons = {}): string[] {
  const lengths = new Map(files.map(({ path, text }) => [path, text.split('\n').length - 1]));
  const stale = Object.keys(reasons).filter((path) => (lengths.get(path) ?? 0) <= fileMax);
  return [
    ...files.flatMap((file) => [...longLines(file), ...banned(file), ...tooLong(file, reasons)]),
    ...stale.map((path) => `${path} needs no reason any more: it is within ${fileMax} lines`),
  ];
}
