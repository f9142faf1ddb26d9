import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import { details } from '#portal/components.ts';
import { type FieldError, formFields, type Values } from '#portal/form.ts';
import type { Visit } from '#modules/parties/index.ts';
import { linesOf, type Question, questionsOf, settingOf } from './fields.ts';
import { askedOf, look, type Look } from './look.ts';
import type { Draft } from './model.ts';
import { toldOf } from './service.ts';

/** One draft, with its questions as far as its answers go. */
export interface Writing {
  readonly draft: Draft;
  readonly values: Values;
  readonly questions: readonly Question[];
  readonly asked: readonly Question[];
  readonly seen: Look;
}

export const keyOf = ({ id, line }: Pick<Question, 'id' | 'line'>): string =>
  line === undefined ? id : `${id}.${line}`;

export function writing(context: Context, visit: Visit, found: Draft, values: Values, lines: number): Writing {
  const setting = settingOf(context.reference.current(), visit.who);
  const questions = questionsOf(visit.t, setting, Math.max(lines, linesOf(values)));
  const seen = look(context, values, toldOf(context, found.filer, { id: found.id, language: visit.t.lang }), questions);
  return { draft: found, values, questions, asked: askedOf(questions, seen), seen };
}

/** What a question is called; of several goods lines, which one. */
export const titleOf = ({ t }: Pick<Visit, 't'>, { id, line }: Question, many: number): string =>
  id === 'goods' && many > 1 ? t('filing.question.goods-line', { line: (line ?? 0) + 1 }) : t(`filing.question.${id}`);

/** The fields of a question that are asked, and behind a summary those that may be said besides. */
export function questionFields(
  { t }: Pick<Visit, 't'>,
  whole: Question,
  asked: ReadonlySet<string>,
  drawn: { values: Values; errors: readonly FieldError[] },
): Html {
  const first = whole.fields.filter(({ name }) => asked.has(name));
  const rest = whole.fields.filter(({ name }) => !asked.has(name));
  const more =
    rest.length === 0
      ? ''
      : details(t('filing.more'), formFields(t, { fields: rest.map((one) => ({ ...one, optional: true })), ...drawn }));
  return html`${formFields(t, { fields: first, ...drawn })}${more}`;
}

export const pathOf = (id: string): string => `/file/drafts/${id}`;

export function crumbs({ t }: Visit, title: string) {
  return [{ text: t('filing.title'), href: '/file' }, { text: title }];
}
