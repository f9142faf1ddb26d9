import type { FastifyInstance } from 'fastify';
import { html } from '#kernel/html.ts';
import type { Config } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import { table } from '#portal/components.ts';
import { ref } from '#portal/values.ts';
import { administrationPage, administrators } from './page-kit.ts';

/** The address of a database without the word that opens it, also where it stands in the query. */
export function withoutSecret(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return '…';
  if (parsed.password !== '') parsed.password = '…';
  for (const name of parsed.searchParams.keys()) {
    if (/pass|secret|key|token/i.test(name)) parsed.searchParams.set(name, '…');
  }
  return decodeURI(parsed.href);
}

interface Setting {
  readonly key: string;
  /** The name under which it is set from outside; none where it follows from others. */
  readonly variable: string;
  readonly value: string;
}

/**
 * Every setting in use. What is a secret is not among them, so a new one is not shown before somebody has looked at it.
 */
export function settingsOf(config: Config): readonly Setting[] {
  const { databaseUrl } = config;
  return [
    { key: 'origin', variable: 'PORTOLAN_ORIGIN', value: config.origin },
    { key: 'issuer', variable: 'PORTOLAN_ISSUER', value: config.issuer.embedded ? '' : config.issuer.url },
    { key: 'host', variable: 'HOST', value: config.host },
    { key: 'port', variable: 'PORT', value: String(config.port) },
    { key: 'data', variable: 'PORTOLAN_DATA', value: config.dataFolder },
    { key: 'database', variable: 'DATABASE_URL', value: databaseUrl === undefined ? '' : withoutSecret(databaseUrl) },
    { key: 'economy', variable: 'PORTOLAN_ECONOMY', value: config.economy },
    { key: 'packs', variable: 'PORTOLAN_PACKS', value: config.packFolders.join(' : ') },
    { key: 'theme', variable: 'PORTOLAN_THEME', value: config.theme ?? '' },
    { key: 'demo', variable: '', value: config.demo ? 'yes' : 'no' },
  ];
}

/** The settings in use, as the window read them when it started. */
export function settingsPages(app: FastifyInstance, context: Context): void {
  administrators(app, context, 'GET', '/admin/settings', (visit) => {
    const { t } = visit;
    const rows = table<Setting>({
      caption: t('parties.settings.title'),
      hideCaption: true,
      rows: settingsOf(context.config),
      columns: [
        { head: t('parties.settings.what'), rowHeader: true, cell: ({ key }) => t(`parties.settings.${key}`) },
        { head: t('parties.settings.variable'), cell: ({ variable }) => (variable === '' ? '–' : ref(variable)) },
        {
          head: t('parties.settings.value'),
          cell: ({ key, value }) =>
            key === 'demo'
              ? t(`parties.settings.demo-${value}`)
              : value === ''
                ? t('parties.settings.own')
                : ref(value),
        },
      ],
    });
    const main = html`<p class="lead">${t('parties.settings.lead')}</p>${rows}`;
    return { page: administrationPage(visit, 'settings', { title: t('parties.settings.title'), main }) };
  });
}
