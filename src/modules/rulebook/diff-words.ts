import { day as parseDay } from '#kernel/effective.ts';
import { dayText, decimalText, moneyText, rateText } from '#portal/format.ts';
import type { Words } from '#portal/text.ts';
import type { Difference, DifferenceTopic, RowDifference } from './diff-model.ts';
import type { Voice } from './voice.ts';

/** What the pack calls the things of a topic; the others are shown by their ids. */
const kinds: Partial<Readonly<Record<DifferenceTopic, string>>> = {
  values: 'value',
  tables: 'table',
  routes: 'route',
  charges: 'charge',
  checks: 'check',
  deadlines: 'deadline',
  obligations: 'obligation',
  accounts: 'account',
  amounts: 'amount',
  slips: 'match',
  categories: 'category',
  aggregation: 'aggregation',
  zones: 'zone',
};

const isDecimal = (text: string): boolean => /^-?\d{1,40}(\.\d{1,40})?$/.test(text);

/** A figure of a pack in its unit as a sentence says it. */
function figure(t: Words, value: string, unit: string): string {
  const [base = '', per] = unit.split('/', 2);
  const shown = !isDecimal(value)
    ? value
    : /^[A-Z]{3}$/.test(base)
      ? moneyText(t.lang, { currency: base, amount: value })
      : base === 'rate'
        ? rateText(t.lang, value)
        : base === 'count' || base === 'text'
          ? decimalText(t.lang, value)
          : `${decimalText(t.lang, value)} ${t(`rulebook.unit.${base}`)}`;
  return per === undefined ? shown : `${shown} ${t('rulebook.unit.per', { unit: t(`rulebook.unit.${per}`) })}`;
}

const onDay = (t: Words, text: string): string => {
  const day = parseDay(text);
  return day === undefined ? text : dayText(t.lang, day);
};

/** What a thing that differs is called, in the pack's own words where it has some. */
export function differenceName(voice: Voice, { topic, id, zone }: Difference): string {
  const kind = kinds[topic];
  const name = kind === undefined ? id : voice(kind, id);
  return zone === undefined ? name : voice.t('rulebook.diff.in-zone', { name, zone: voice('zone', zone) });
}

function valueSentence({ t }: Voice, name: string, one: Difference): string {
  const { unit = '', from = '', until = null, was = null, becomes = null } = one;
  const told = {
    name,
    from: onDay(t, from),
    until: until === null ? '' : onDay(t, until),
    was: was === null ? '' : figure(t, was, unit),
    becomes: becomes === null ? '' : figure(t, becomes, unit),
    source: one.source ?? '',
  };
  if (one.members !== undefined) return t('rulebook.diff.value-source', told);
  if (one.announced) return t(`rulebook.diff.announced-${one.kind}`, told);
  return t(`rulebook.diff.value-${one.kind}${until === null ? '' : '-until'}`, told);
}

/** One difference as a sentence: what it was, what it becomes, and from which day. */
export function differenceSentence(voice: Voice, one: Difference): string {
  const { t } = voice;
  const name = differenceName(voice, one);
  if (one.topic === 'values') return valueSentence(voice, name, one);
  const topic = t(`rulebook.diff.one.${one.topic}`);
  if (one.counts !== undefined) return t('rulebook.diff.counts', { topic, name, ...one.counts });
  const members = (one.members ?? [])
    .map((member) => (t.has(`rulebook.diff.member.${member}`) ? t(`rulebook.diff.member.${member}`) : member))
    .join(', ');
  const from = one.from === undefined ? '' : onDay(t, one.from);
  const how = one.kind === 'changed' && members !== '' ? 'members' : one.kind;
  return t(`rulebook.diff.rule-${how}${from === '' ? '' : '-from'}`, { topic, name, members, from });
}

/** One row of a table that differs, as a sentence: its cells before and after. */
export function rowSentence(voice: Voice, one: RowDifference): string {
  const { t } = voice;
  const cells = (row: RowDifference['was'], other: RowDifference['was']): string =>
    Object.entries(row ?? {})
      .filter(([column, text]) => text !== '' && text !== other?.[column] && !['from', 'source'].includes(column))
      .map(([column, text]) => `${voice('column', column)} ${text}`)
      .join(', ');
  return t(`rulebook.diff.row-${one.kind}`, {
    key: one.key,
    from: onDay(t, one.from),
    was: cells(one.was, one.becomes) || t('rulebook.diff.nothing'),
    becomes: cells(one.becomes, one.was) || t('rulebook.diff.nothing'),
  });
}
