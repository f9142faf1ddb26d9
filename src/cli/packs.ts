import { fileURLToPath } from 'node:url';
import type { Refusal } from '#kernel/result.ts';
import { compile, type Pack, type PackSource, readPacks, supplementsFolder } from '#modules/rulebook/index.ts';
import type { Config } from '#platform/config.ts';
import { FileError } from './read.ts';

/** The packs that come with Portolan. */
export const shippedPacks = fileURLToPath(new URL('../../packs', import.meta.url));

const listedMax = 20;

function listed(error: Refusal): string {
  const all = [error, ...(error.more ?? [])];
  const lines = all
    .slice(0, listedMax)
    .map((one) => `  ${one.pointer ?? ''} ${one.code} ${Object.values(one.params ?? {}).join(' ')}`.trimEnd());
  return [...lines, ...(all.length > listedMax ? [`  … and ${all.length - listedMax} more`] : [])].join('\n');
}

/** The packs of some folders without a database: a pack is compiled when it is first asked for. */
export class Packs {
  readonly #sources: ReadonlyMap<string, PackSource>;
  readonly #compiled = new Map<string, Pack>();
  readonly #leaves = new Map<string, Pack | null>();

  private constructor(sources: ReadonlyMap<string, PackSource>) {
    this.#sources = sources;
  }

  /** Reads the shipped packs and those of the folders that the settings name, with what was imported for them. */
  static async read({ packFolders, dataFolder }: Pick<Config, 'packFolders' | 'dataFolder'>): Promise<Packs> {
    const { sources, refused } = await readPacks([shippedPacks, ...packFolders], supplementsFolder(dataFolder));
    const [problem] = refused.flatMap(({ problems }) => problems);
    if (problem !== undefined)
      throw new FileError(`${problem.file}: ${problem.message}. To mend it: ${problem.remedy}.`);
    return new Packs(sources);
  }

  /** The same packs with one more, or in the place of the one of its id. */
  with(source: PackSource): Packs {
    return new Packs(new Map(this.#sources).set(source.id, source));
  }

  /** The files of a pack; throws a FileError where there is none. */
  source(id: string): PackSource {
    const source = this.#sources.get(id);
    if (source === undefined) throw new FileError(`There is no pack “${id}”; known are ${this.ids.join(', ')}.`);
    return source;
  }

  get ids(): string[] {
    return [...this.#sources.keys()].sort();
  }

  /** The pack of an economy; throws a FileError where there is none or it has errors. */
  get(id: string): Pack {
    const kept = this.#compiled.get(id);
    if (kept !== undefined) return kept;
    const chain: PackSource[] = [];
    for (let next: string | null = id; next !== null; next = chain[0]!.extends) {
      const source = this.source(next);
      if (chain.includes(source)) throw new FileError(`The pack “${next}” stands on itself.`);
      chain.unshift(source);
    }
    const pack = compile(chain);
    if (!pack.ok) throw new FileError(`The pack “${id}” has errors:\n${listed(pack.error)}`);
    this.#compiled.set(id, pack.value);
    return pack.value;
  }

  /** The pack of a country, within a union where one is given; null where nobody has written it. */
  leafOf(country: string, union: string | null): Pack | null {
    const key = `${union ?? ''} ${country}`;
    const kept = this.#leaves.get(key);
    if (kept !== undefined) return kept;
    const found =
      this.ids
        .map((id) => this.get(id))
        .find(
          (pack) => pack.country === country && (union === null || pack.layers.some((layer) => layer.id === union)),
        ) ?? null;
    this.#leaves.set(key, found);
    return found;
  }
}
