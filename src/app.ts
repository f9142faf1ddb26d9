import type { FastifyRequest } from 'fastify';
import { dayIn } from '#kernel/effective.ts';
import { html } from '#kernel/html.ts';
import type { Catalogue } from '#kernel/result.ts';
import { accountsModule } from '#modules/accounts/module.ts';
import { agenciesModule } from '#modules/agencies/module.ts';
import { installProcedures, type Procedure, registerProcedures } from '#modules/cases/index.ts';
import { casesModule } from '#modules/cases/module.ts';
import { closeWriter, ensurePartitions } from '#modules/clearance/index.ts';
import { clearanceModule } from '#modules/clearance/module.ts';
import { commodityModule } from '#modules/commodity/module.ts';
import { type Demo, demoBar } from '#modules/demo/index.ts';
import { demoModule } from '#modules/demo/module.ts';
import { documentsModule } from '#modules/documents/module.ts';
import { enquiriesModule } from '#modules/enquiries/module.ts';
import { developersModule } from '#modules/developers/module.ts';
import { feedbackModule } from '#modules/feedback/module.ts';
import { filingModule } from '#modules/filing/module.ts';
import { homeModule } from '#modules/home/module.ts';
import { logisticsModule } from '#modules/logistics/module.ts';
import { issuerModule } from '#modules/issuer/module.ts';
import { map } from '#modules/map.ts';
import { doors } from '#modules/parties/index.ts';
import { operationsModule } from '#modules/operations/module.ts';
import { partiesModule } from '#modules/parties/module.ts';
import { messagesModule } from '#modules/messages/module.ts';
import { portsModule } from '#modules/ports/module.ts';
import { registrationModule } from '#modules/registration/module.ts';
import { readinessModule } from '#modules/readiness/module.ts';
import { receiptsModule } from '#modules/receipts/module.ts';
import { servicesModule } from '#modules/services/module.ts';
import { slipsModule } from '#modules/slips/module.ts';
import { riskModule } from '#modules/risk/module.ts';
import { rulebookModule } from '#modules/rulebook/module.ts';
import { installPacks, packsPart } from '#modules/rulebook/index.ts';
import { tradeModule } from '#modules/trade/module.ts';
import { statisticsModule } from '#modules/statistics/module.ts';
import { transparencyModule } from '#modules/transparency/module.ts';
import { treasuryModule } from '#modules/treasury/module.ts';
import { createHttp, type App, type Grounds } from '#platform/http.ts';
import type { Context } from '#platform/context.ts';
import { enterFollowers } from '#platform/journal.ts';
import type { Module, Worker } from '#platform/module.ts';
import type { Problem } from '#platform/problem.ts';
import { createReference, keepUp } from '#platform/snapshot.ts';
import { StartError } from '#platform/postgres.ts';
import { sayingNo } from '#portal/components.ts';
import { isLanguage, languageCookie, languageOf } from '#portal/language.ts';
import { page } from '#portal/layout.ts';
import { furnish } from '#portal/pages.ts';
import { readTheme, type Theme, themeRoutes } from '#portal/theme.ts';
import { onMissingWords, words } from '#portal/text.ts';
import { frames, languageFor } from './frame.ts';

/** Every module, in the order of the map. */
const modules: readonly Module[] = [
  casesModule,
  partiesModule,
  documentsModule,
  issuerModule,
  rulebookModule,
  registrationModule,
  accountsModule,
  riskModule,
  treasuryModule,
  servicesModule,
  clearanceModule,
  commodityModule,
  logisticsModule,
  portsModule,
  receiptsModule,
  slipsModule,
  agenciesModule,
  enquiriesModule,
  readinessModule,
  tradeModule,
  statisticsModule,
  feedbackModule,
  developersModule,
  messagesModule,
  filingModule,
  transparencyModule,
  operationsModule,
  homeModule,
];

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

type Given = Omit<Grounds, 'reference'>;

/** Takes over, in every process, the reference data that another one has published. */
const reader = ({ reference }: Context): Worker => ({
  name: 'reference',
  idleMs: 200,
  everywhere: true,
  step: (db) => keepUp(db, reference),
});

/** Puts together what every process of a window has on a migrated database: reference data, procedures, the context. */
async function together(
  grounds: Given,
  demo: Demo | null,
): Promise<{ all: readonly Module[]; context: Context; workers: readonly Worker[]; theme: Theme | null }> {
  const theme = readTheme(grounds.config.theme);
  const all = inOrder(demo ? [...modules, demoModule(demo)] : modules);
  const parts = all.flatMap((module) => module.reference ?? []);
  const base = { ...grounds, reference: createReference(grounds.db, parts) };
  registerProcedures(all.flatMap((module) => (module.procedures ?? []) as readonly Procedure[]));
  await installProcedures(base.db);
  const installed = await installPacks(base);
  if (!installed.ok) throw new StartError(`The packs cannot be used: ${JSON.stringify(installed.error)}`);
  // Files that would undo what a steering body has adopted are left aside, and whoever installed them is told.
  for (const one of installed.value.kept) base.log.warn('law-kept', { ...one });
  for (const one of installed.value.replaced) base.log.warn('law-replaced-by-folder', { ...one });
  for (const { id, problems } of installed.value.refused)
    for (const problem of problems) base.log.warn('pack-refused', { pack: id, ...problem });
  await base.reference.refresh();
  const today = (): string => dayIn(base.clock.instant(), base.reference.current().get(packsPart).home.timeZone);
  const context: Context = { ...base, ...doors(base, today), frame: (request) => framed(request) };
  const framed = frames(context, demo && demoBar(demo), theme);
  await ensurePartitions(context);
  onMissingWords((key, language) => {
    context.log.warn('words-missing', { word: key, language });
    return key;
  });
  const workers = [reader(context), ...all.flatMap((module) => module.work?.(context) ?? [])];
  return { all, context, workers, theme };
}

/** A window without its doors: what works behind those that serve. */
export async function createWork(
  grounds: Given,
  demo: Demo | null = null,
): Promise<Pick<Portolan, 'context' | 'workers'>> {
  const { context, workers } = await together(grounds, demo);
  await enterFollowers(
    context.db,
    workers.filter(({ follows }) => follows).map(({ name }) => name),
  );
  return { context, workers };
}

/**
 * Puts a whole window together: what every process has, then the doors of each module in the order of the map. The
 * demonstration is mounted only in a window that it made itself.
 */
export async function createApp(grounds: Given, demo: Demo | null = null): Promise<Portolan> {
  const { all, context, workers, theme } = await together(grounds, demo);
  const options = { refusals: catalogueOf(all), words: sentence, page: problemPages(theme) };
  const app = await createHttp(context, options);
  await furnish(app);
  themeRoutes(app, theme);
  for (const module of all) {
    app.mounting.module = module.name;
    await module.api?.(app, context);
    await module.pages?.(app, context);
  }
  keepLanguage(app, context);
  app.addHook('onClose', () => closeWriter(context));
  return { app, context, workers };
}

/** The sentence of a refusal in the language that the caller reads; undefined where there are no words for it. */
function sentence(code: string, params: Readonly<Record<string, string>>, languages: string): string | undefined {
  const t = words(languageOf({ acceptLanguage: languages }));
  return t.has(code) ? t(code, params) : undefined;
}

/**
 * A refusal or a fault as somebody with a browser sees it. It stands without a frame of its own, which could fail too:
 * who is there and what he may do is not asked, and the ways that lead on are those that are open to everybody.
 */
function problemPages(theme: Theme | null): (problem: Problem, request: FastifyRequest) => string {
  return (problem, request) => {
    const t = words(languageFor(request));
    const title = t(titles[problem.status] ?? 'http.title.other');
    const detail = t.has(problem.code) ? t(problem.code) : problem.detail;
    const main = html`${sayingNo(t, title, detail)}<p class="small">${t('http.instance', { instance: problem.instance })}</p>`;
    return page({ t, url: request.url, nav: [], title, main, theme, terms: false, signIn: '/sign-in' }).toString();
  };
}

/** What is headed how; the rest of the faults is headed by one word for all. */
const titles: Readonly<Record<number, string>> = {
  403: 'http.title.forbidden',
  404: 'http.title.not-found',
  429: 'http.title.too-many',
  500: 'http.title.bug',
  503: 'http.title.outage',
};

/** Keeps the language that somebody chose by a link. */
function keepLanguage(app: App, context: Context): void {
  app.addHook('onSend', (request: FastifyRequest, reply, payload, done) => {
    const query: unknown = request.query;
    if (typeof query === 'object' && query !== null && 'lang' in query && isLanguage(query.lang))
      reply.header('set-cookie', languageCookie(query.lang, context.config.origin.startsWith('https:')));
    done(null, payload);
  });
}
