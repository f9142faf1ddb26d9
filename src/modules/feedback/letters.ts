import { hash } from 'node:crypto';
import { instantText } from '#portal/format.ts';
import { isLanguage, type Language } from '#portal/language.ts';
import { type Words, words } from '#portal/text.ts';
import { shownStatus } from '#modules/clearance/index.ts';
import type { Told } from './model.ts';
import type { Letter } from './people-model.ts';
import type { Note } from './push.ts';
import type { WishRow } from './store-people.ts';

/** Events that a letter names one by one; of more it says how many. */
const namedMax = 40;

const languageOf = (text: string): Language => (isLanguage(text) ? text : 'en');

/** What an event says, in one line. */
function lineOf(t: Words, { kind, status, outcome, goods, money }: Told): string {
  const told = goods ?? money;
  if (told) return t(`trade.step.${told.step}`);
  const name = t(`feedback.kind.${kind.replaceAll('.', '-')}`);
  if (status === undefined) return name;
  const code = status === 'lodged' && outcome !== undefined ? outcome : shownStatus(status);
  return t('news.letter.line', { what: name, status: t(`portal.status.${code}`) });
}

const nameOf = ({ declaration, parcel }: Told): string => declaration ?? parcel;

function subjectOf(t: Words, events: readonly Told[]): string {
  const [first, ...others] = events;
  return first !== undefined && others.length === 0
    ? t('news.letter.one', { parcel: nameOf(first), what: lineOf(t, first) })
    : t('news.letter.many', { count: events.length });
}

/** The addresses that the letters of a wish lead to. */
export const stopAddress = (origin: string, token: string): string => `${origin}/news/stop/${token}`;
const confirmAddress = (origin: string, token: string): string => `${origin}/news/confirm/${token}`;

const idOf = (...parts: readonly string[]): string => hash('sha256', parts.join('\n'), 'hex').slice(0, 32);

/** One letter for everything that happened since the last one. */
export function letterOf(origin: string, timeZone: string, wish: WishRow, events: readonly Told[]): Letter {
  const t = words(languageOf(wish.language));
  const stop = stopAddress(origin, wish.token);
  const lines = events.slice(0, namedMax).flatMap((event) => {
    const { at, parcel } = event;
    const what = lineOf(t, event);
    return [`${nameOf(event)}: ${what}`, `${instantText(t.lang, at, timeZone)} · ${origin}/parcels/${parcel}`, ''];
  });
  const more = events.length > namedMax ? [t('news.letter.more', { count: events.length - namedMax }), ''] : [];
  const text = [
    t('news.letter.hello'),
    '',
    ...lines,
    ...more,
    t('news.letter.all', { address: `${origin}/news` }),
    t('news.letter.stop', { address: stop }),
    '',
  ].join('\n');
  const id = idOf(wish.id, events[0]?.id ?? '', events.at(-1)?.id ?? '', String(events.length));
  return { id, person: wish.person, to: wish.address, subject: subjectOf(t, events), text, stop };
}

/** The letter that asks whether a mailbox is its person's: nothing is told of any parcel before he says so. */
export function invitationOf(origin: string, wish: WishRow): Letter {
  const t = words(languageOf(wish.language));
  const stop = stopAddress(origin, wish.token);
  const text = [
    t('news.letter.confirm-text', { address: confirmAddress(origin, wish.token) }),
    '',
    t('news.letter.confirm-not', { address: stop }),
    '',
  ].join('\n');
  const subject = t('news.letter.confirm');
  return { id: idOf(wish.id, 'confirm', wish.token), person: wish.person, to: wish.address, subject, text, stop };
}

/** One note for everything that happened since the last one. */
export function noteOf(wish: WishRow, events: readonly Told[]): Note {
  const t = words(languageOf(wish.language));
  const [first, ...others] = events;
  const url = first !== undefined && others.length === 0 ? `/parcels/${first.parcel}` : '/news';
  const body = events
    .slice(0, 3)
    .map((event) => `${nameOf(event)}: ${lineOf(t, event)}`)
    .join('\n');
  return { title: t('news.letter.note'), body, url, tag: 'portolan-news' };
}
