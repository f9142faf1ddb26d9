import { posix } from 'node:path';
import { lineAt, withoutComments, type SourceFile } from './files.ts';

/** The rooms, from left to right: a file imports from its own and from those before it. */
const rooms = ['kernel', 'platform', 'portal', 'modules', 'app'] as const;

type ModuleMap = Readonly<Record<string, readonly string[]>>;

interface Import {
  /** The path from the root of the repository, or the name of a package. */
  readonly target: string;
  readonly isPackage: boolean;
  readonly typeOnly: boolean;
  readonly line: number;
}

const importPattern =
  /(?:^|\n)\s*(import|export)(\s+type)?\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** The imports of a file, its aliases and relative paths resolved. */
export function importsOf({ path, text }: SourceFile): Import[] {
  return [...withoutComments(text).matchAll(importPattern)].map((match) => {
    const specifier = match[3] ?? match[4] ?? match[5] ?? '';
    const line = lineAt(text, match.index) + (match[0].startsWith('\n') ? 1 : 0);
    const typeOnly = match[2] !== undefined;
    if (specifier.startsWith('#')) return { target: `src/${specifier.slice(1)}`, isPackage: false, typeOnly, line };
    if (specifier.startsWith('.')) {
      return { target: posix.join(posix.dirname(path), specifier), isPackage: false, typeOnly, line };
    }
    return { target: specifier, isPackage: true, typeOnly, line };
  });
}

const roomOf = (path: string): (typeof rooms)[number] => rooms.find((room) => path.startsWith(`src/${room}/`)) ?? 'app';

const moduleOf = (path: string): string | undefined => /^src\/modules\/([^/]+)\//.exec(path)?.[1];

/** Roles inside a module, by the first word of the file's name. */
function roleOf(path: string): string {
  return /^src\/modules\/[^/]+\/(model|store|service|api|pages?|module|index)\b/.exec(path)?.[1] ?? '';
}

/** What each role may not import from its own module, and which packages it may not. */
const roleRules: Readonly<Record<string, { roles: readonly string[]; packages: readonly RegExp[] }>> = {
  model: { roles: ['store', 'service', 'api', 'page', 'pages', 'module', 'index'], packages: [/^(?!typebox)/] },
  store: { roles: ['service', 'api', 'page', 'pages', 'module', 'index'], packages: [/^fastify/, /^@fastify/] },
  service: { roles: ['api', 'page', 'pages', 'module', 'index'], packages: [/^fastify/, /^@fastify/] },
  api: { roles: ['store', 'module', 'index'], packages: [] },
  page: { roles: ['store', 'module', 'index'], packages: [] },
  pages: { roles: ['store', 'module', 'index'], packages: [] },
};

function roomFaults(file: SourceFile, { target, line, isPackage }: Import): string[] {
  const from = roomOf(file.path);
  if (from === 'kernel' && (isPackage ? target !== 'node:crypto' : roomOf(target) !== 'kernel')) {
    return [`${file.path}:${line} the kernel is pure and imports nothing: ${target}`];
  }
  if (isPackage) {
    const alone = target === 'pg' && !/^src\/platform\/(?:db|db-types|copy)\.ts$/.test(file.path);
    return alone ? [`${file.path}:${line} only db.ts, db-types.ts and copy.ts of the platform know the driver`] : [];
  }
  if (!target.startsWith('src/')) return [`${file.path}:${line} src imports nothing outside src: ${target}`];
  const to = roomOf(target);
  if (rooms.indexOf(to) <= rooms.indexOf(from)) return [];
  return [`${file.path}:${line} ${from} imports upwards, from ${to}: ${target}`];
}

function moduleFaults(file: SourceFile, { target, line }: Import, map: ModuleMap): string[] {
  const from = moduleOf(file.path);
  const to = moduleOf(target);
  if (to === undefined || from === to) return [];
  // What puts the window together mounts each module by its module.ts, and else uses the door like everybody.
  const door = `src/modules/${to}/index.ts`;
  if (from === undefined && target === `src/modules/${to}/module.ts`) return [];
  const faults: string[] = [];
  if (target !== door) faults.push(`${file.path}:${line} enters ${to} past its door: ${target}`);
  if (from !== undefined && map[from]?.includes(to) !== true) {
    faults.push(`${file.path}:${line} ${from} may not call ${to}: the map does not list it`);
  }
  return faults;
}

function roleFaults(file: SourceFile, { target, line, isPackage, typeOnly }: Import): string[] {
  const role = roleOf(file.path);
  const rule = roleRules[role];
  if (rule === undefined) return [];
  if (isPackage) {
    const barred = rule.packages.some((pattern) => pattern.test(target)) && !typeOnly;
    return barred ? [`${file.path}:${line} a ${role} does not import ${target}`] : [];
  }
  const own = moduleOf(target) === moduleOf(file.path) && rule.roles.includes(roleOf(target));
  if (own && !typeOnly) return [`${file.path}:${line} a ${role} does not import ${target}`];
  const room = roomOf(target);
  if (role === 'model' && (room === 'platform' || room === 'portal') && !typeOnly) {
    return [`${file.path}:${line} a model imports kernel and typebox only: ${target}`];
  }
  return [];
}

const sqlPattern =
  /['"`]\s*(?:with\s+\w+[^'"`]*?\bas\s+(?:materialized\s+)?\(|select\s[^'"`]*|insert\s+into\s|update\s+[\w.]+\s+set\s|delete\s+from\s|create\s+(?:table|index|schema|database|function)\s|alter\s+table\s|truncate\s)/i;

const holdsSql = (path: string): boolean =>
  path.startsWith('src/platform/') ||
  path.includes('/sql/') ||
  /^src\/modules\/[^/]+\/store(-[a-z0-9-]+)?\.ts$/.test(path);

function textFaults(file: SourceFile): string[] {
  const code = withoutComments(file.text);
  const faults: string[] = [];
  const sql = holdsSql(file.path) ? null : sqlPattern.exec(code);
  if (sql !== null)
    faults.push(`${file.path}:${lineAt(code, sql.index)} SQL stands only in a store, in sql/ and in platform`);
  const env =
    /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\s*\[\s*['"]env|import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*['"](node:)?process['"]/.exec(
      code,
    );
  if (env !== null && file.path !== 'src/platform/config.ts') {
    faults.push(`${file.path}:${lineAt(code, env.index)} only src/platform/config.ts reads the environment`);
  }
  return faults;
}

/** A table of another schema: named after a word that takes one, and not called as a function. */
function schemaFaults(file: SourceFile, map: ModuleMap): string[] {
  const own = moduleOf(file.path);
  if (own === undefined || !holdsSql(file.path)) return [];
  const others = [...Object.keys(map), 'platform'].filter((name) => name !== own).join('|');
  const text = file.path.endsWith('.sql') ? file.text.replace(/--[^\n]*/g, '') : withoutComments(file.text);
  // After from and join a name with parentheses is a function that is called; after the other words they list columns.
  const read = `(from|join)\\s+(${others})\\.(\\w+)(?!\\w|\\s*\\()`;
  const written = `(into|update|table|references|truncate)\\s+(${others})\\.(\\w+)`;
  const matches = [read, written].flatMap((one) => [...text.matchAll(new RegExp(`\\b${one}`, 'gi'))]);
  return matches.map(
    (match) =>
      `${file.path}:${lineAt(text, match.index)} ${own} touches a table of ${match[2]}: ${match[2]}.${match[3]}` +
      (match[1]?.toLowerCase() === 'references' ? ' (no foreign key crosses schemas)' : ''),
  );
}

function mapFaults(files: readonly SourceFile[], map: ModuleMap): string[] {
  const names = Object.keys(map);
  const folders = new Set(files.map(({ path }) => moduleOf(path)).filter((name) => name !== undefined));
  const unlisted = [...folders]
    .filter((name) => !names.includes(name))
    .map((name) => `src/modules/${name} is not on the map`);
  const upwards = names.flatMap((name, place) =>
    (map[name] ?? [])
      .filter((other) => !names.slice(0, place).includes(other))
      .map((other) => `src/modules/map.ts ${name} lists ${other}, which does not stand above it`),
  );
  return [...unlisted, ...upwards];
}

const isTest = (path: string): boolean => path.endsWith('.test.ts');

/** Everything in which the files break the rules of the house; empty when they keep them. */
export function architectureFaults(files: readonly SourceFile[], map: ModuleMap): string[] {
  const checked = files.filter(({ path }) => path.startsWith('src/') && !isTest(path));
  return [
    ...mapFaults(checked, map),
    ...checked.flatMap((file) => [
      ...schemaFaults(file, map),
      ...(file.path.endsWith('.ts')
        ? [
            ...importsOf(file).flatMap((one) => [
              ...roomFaults(file, one),
              ...moduleFaults(file, one, map),
              ...roleFaults(file, one),
            ]),
            ...textFaults(file),
          ]
        : []),
    ]),
  ];
}
