import type { FastifyRequest } from 'fastify';
import { dayIn } from '#kernel/effective.ts';
import type { Catalogue } from '#kernel/result.ts';
import { accountsModule } from '#modules/accounts/module.ts';
import { clearanceModule } from '#modules/clearance/module.ts';
import { map } from '#modules/map.ts';
import { doors } from '#modules/parties/index.ts';
import { partiesModule } from '#modules/parties/module.ts';
import { rulebookModule } from '#modules/rulebook/module.ts';
import { installPacks, packsPart } from '#modules/rulebook/index.ts';
import { treasuryModule } from '#modules/treasury/module.ts';
import { createHttp, type App, type Grounds } from '#platform/http.ts';
import type { Context } from '#platform/context.ts';
import type { Module, Worker } from '#platform/module.ts';
import { createReference } from '#platform/snapshot.ts';
import { languageCookieName, languageOf } from '#portal/language.ts';
import type { Frame } from '#portal/layout.ts';
import { furnish } from '#portal/pages.ts';
import { words } from '#portal/text.ts';

/** Every module, in the order of the map. */
const modules: readonly Module[] = [partiesModule, rulebookModule, accountsModule, treasuryModule, clearanceModule];

/** A window that is ready to listen and to work. */
export interface Portolan {
  readonly app: App;
  readonly context: Context;
  readonly workers: readonly Worker[];
}

function catalogueOf(all: readonly Module[]): Catalogue {
  const catalogue: Record<string, Catalogue[string]> = {};
  for (const { name, refusals } of all) {
    for (const [code, entry] of Object.entries(refusals)) {
      if (Object.hasOwn(catalogue, code)) throw new Error(`two modules refuse with ${code}, one of them ${name}`);
      catalogue[code] = entry;
    }
  }
  return catalogue;
}

const inOrder = (all: readonly Module[]): readonly Module[] => {
  const order = Object.keys(map);
  return all.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
};

/** What stands around every page: its language and the way through the portal. */
async function frame(request: FastifyRequest): Promise<Frame> {
  const asked = new URL(request.url, 'http://window').searchParams.get('lang') ?? undefined;
  const { cookies, headers } = request;
  const acceptLanguage = headers['accept-language'];
  const language = languageOf({ query: asked, cookie: cookies[languageCookieName], acceptLanguage });
  return { t: words(language), url: request.url, nav: [] };
}

/** Puts a window together on a migrated database: reference data, doors, then each module in the order of the map. */
export async function createApp(grounds: Omit<Grounds, 'reference'>): Promise<Portolan> {
  const all = inOrder(modules);
  const reference = createReference(
    grounds.db,
    all.flatMap((module) => module.reference ?? []),
  );
  const base = { ...grounds, reference };
  const today = (): string => dayIn(base.clock.instant(), reference.current().get(packsPart).home.timeZone);
  const context: Context = { ...base, ...doors(base, today), frame };
  await installPacks(context);
  await reference.refresh();
  const app = await createHttp(context, { refusals: catalogueOf(all) });
  await furnish(app);
  for (const module of all) {
    await module.api?.(app, context);
    await module.pages?.(app, context);
  }
  return { app, context, workers: all.flatMap((module) => module.work?.(context) ?? []) };
}
