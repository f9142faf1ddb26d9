import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import { attribute, button, errorSummary, slug } from './components.ts';
import type { Words } from './text.ts';

/** One choice of a select or of radios: its label is a key of the words, or `text` that is data already. */
export interface Choice {
  readonly value: string;
  readonly label?: string;
  readonly text?: string;
  readonly hint?: string;
}

/**
 * One field, as data. `name` with dots is the JSON pointer of what it fills: `payment.total` ↔ `/payment/total`.
 * Labels and hints are keys of the words. A posted value is always a text; a checkbox is `yes` or empty.
 */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** Which of several things the label is about: data, not a key of the words. */
  readonly text?: string;
  readonly type:
    | 'text'
    | 'decimal'
    | 'select'
    | 'radios'
    | 'checkbox'
    | 'textarea'
    | 'hidden'
    | 'date'
    | 'password'
    | 'file';
  readonly hint?: string;
  readonly options?: readonly Choice[];
  /** What stands there before anything was posted. */
  readonly value?: string;
  /** Expected characters; the field is drawn that wide. */
  readonly width?: 2 | 3 | 4 | 5 | 10 | 20;
  readonly autocomplete?: string;
  /** May stay empty: the label says so. */
  readonly optional?: boolean;
  /** Of a file: the media types that a browser offers first, comma-separated; and whether several may be chosen. */
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Text that is the same in every language (references, codes, amounts): written from the left. */
  readonly latin?: boolean;
  /** What stands before or after the input, such as a currency. Text, already in words. */
  readonly suffix?: string;
}

/** Values by field name, as posted or as kept. */
export type Values = Readonly<Record<string, string>>;

/** One thing wrong: the words, and the field it belongs to when the form has it. */
export interface FieldError {
  readonly text: string;
  readonly field?: Field;
}

const longest = 10_000;

/** The posted texts of these fields and nothing else: trimmed, a repeated name counts once, a missing one is empty. */
export function posted(fields: readonly Field[], body: unknown): Record<string, string> {
  const given: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const values: Record<string, string> = {};
  for (const { name, type } of fields) {
    if (type === 'file') continue;
    const entry = Object.hasOwn(given, name) ? given[name] : '';
    const first: unknown = Array.isArray(entry) ? entry[0] : entry;
    const text = typeof first === 'string' ? first.slice(0, longest) : '';
    // A browser sends line ends as CRLF (HTML §4.10.22.4); what is kept and hashed has plain ones.
    values[name] = type === 'password' ? text : text.replaceAll('\r\n', '\n').trim();
  }
  return values;
}

const pointerOf = (field: Field): string => `/${field.name.replaceAll('.', '/')}`;

/** The field a JSON pointer falls on: itself, the one it lies inside, or the first that lies inside it. */
function fieldAt(fields: readonly Field[], pointer: string | undefined): Field | undefined {
  if (pointer === undefined || pointer === '') return undefined;
  const inside = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);
  return (
    fields.find((field) => inside(pointer, pointerOf(field))) ??
    fields.find((field) => inside(pointerOf(field), pointer))
  );
}

/**
 * A refusal in words, each part with its field. The words of `module/code` stand in locales/<language>/<module>.json.
 */
export function errorsOf(t: Words, fields: readonly Field[], refusal: Refusal | undefined): FieldError[] {
  if (!refusal) return [];
  return [refusal, ...(refusal.more ?? [])].map(({ code, pointer, params }) => {
    const field = fieldAt(fields, pointer);
    const text = t(code, params);
    return field ? { text, field } : { text };
  });
}

/**
 * The summary of what is wrong, above a form. A message at its field says "this field"; up here it is told apart by the
 * name of the field. A box is one of several, whose name would say less than the message.
 */
export function errorSummaryOf(t: Words, errors: readonly FieldError[], prefix?: string): Html | '' {
  const items = errors.map(({ text, field }) => {
    if (field === undefined || field.type === 'hidden') return { text };
    const name = field.text === undefined ? t(field.label) : `${t(field.label)} ${field.text}`;
    const named = field.type === 'checkbox' ? text : t('portal.errors.named', { name, text });
    return { text: named, href: `#${idOf(field, prefix, true)}` };
  });
  return errorSummary(t, items);
}

/** What a form needs besides its fields. `csrf` is required of every form that changes something. */
export interface FormOptions {
  readonly action: string;
  readonly fields: readonly Field[];
  readonly submit: string;
  readonly csrf?: string;
  readonly method?: 'post' | 'get';
  readonly values?: Values;
  readonly refusal?: Refusal;
  /** Before the ids of the fields, when a page has two forms with fields of the same name. */
  readonly prefix?: string;
  readonly kind?: 'first' | 'second' | 'hand';
  /** Beside the button, such as a link back. */
  readonly beside?: Fragment;
  /** A long form of short fields: they stand side by side where there is room. */
  readonly columns?: boolean;
}

/** The form with its error summary above it, its fields, the CSRF token and its button. `submit` is text, not a key. */
export function form(t: Words, options: FormOptions): Html {
  const { fields, csrf, kind = 'first', beside, method = 'post' } = options;
  const errors = errorsOf(t, fields, options.refusal);
  const summary = errorSummaryOf(t, errors, options.prefix);
  const drawn = formFields(t, { ...options, errors });
  return html`${summary}<form method="${method}" action="${options.action}"${encodingOf(fields)} novalidate>${csrf === undefined ? '' : csrfField(csrf)}${options.columns ? html`<div class="fields">${drawn}</div>` : drawn}<div class="govuk-button-group">${button({ text: options.submit, kind })}${beside}</div></form>`;
}

/** How a form with these fields is sent: only with files as `multipart/form-data`. Its route needs `withUploads`. */
export const encodingOf = (fields: readonly Field[]): Html | '' =>
  fields.some(({ type }) => type === 'file') ? html` enctype="multipart/form-data"` : '';

/** The hidden field every changing form carries, for those written by hand. */
export const csrfField = (token: string): Html => html`<input type="hidden" name="csrf" value="${token}">`;

/** The fields alone, for a form that is put together by hand. */
export function formFields(
  t: Words,
  options: Pick<FormOptions, 'fields' | 'values' | 'prefix'> & { errors?: readonly FieldError[] },
): Html {
  return join(options.fields.map((field) => fieldHtml(t, field, options)));
}

const idOf = (field: Field, prefix = 'f', first = false): string =>
  `${prefix}-${slug(field.name)}${first && field.type === 'radios' ? '-0' : ''}`;

interface Drawn {
  readonly id: string;
  readonly value: string;
  readonly describedBy: Html | '';
  readonly wrong: boolean;
}

function fieldHtml(
  t: Words,
  field: Field,
  { values = {}, errors = [], prefix }: { values?: Values; errors?: readonly FieldError[]; prefix?: string },
): Html {
  const value = values[field.name] ?? field.value ?? '';
  if (field.type === 'hidden') return html`<input type="hidden" name="${field.name}" value="${value}">`;
  const id = idOf(field, prefix);
  const mine = errors.filter((error) => error.field === field);
  const small = field.type === 'checkbox' ? ' govuk-checkboxes__hint' : '';
  const hint = field.hint ? html`<div class="govuk-hint${small}" id="${id}-hint">${t(field.hint)}</div>` : '';
  const messages = mine.map(
    ({ text }) =>
      html`<p class="govuk-error-message"><span class="govuk-visually-hidden">${t('portal.errors.prefix')}</span> ${text}</p>`,
  );
  const error = mine.length > 0 ? html`<div id="${id}-error">${messages}</div>` : '';
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  const drawn: Drawn = {
    id,
    value,
    wrong: mine.length > 0,
    describedBy: described ? attribute('aria-describedby', described) : '',
  };
  const about = field.text === undefined ? '' : html` <bdi>${field.text}</bdi>`;
  const label = html`${t(field.label)}${about}${field.optional ? html` <span class="optional">${t('portal.form.optional')}</span>` : ''}`;
  return html`<div class="govuk-form-group${mine.length > 0 ? ' govuk-form-group--error' : ''}">${control(t, field, drawn, { label, hint, error })}</div>`;
}

function control(t: Words, field: Field, drawn: Drawn, parts: { label: Html; hint: Fragment; error: Fragment }): Html {
  const { label, hint, error } = parts;
  if (field.type === 'radios') {
    return html`<fieldset class="govuk-fieldset"${drawn.describedBy}><legend class="govuk-fieldset__legend">${label}</legend>${hint}${error}<div class="govuk-radios govuk-radios--small">${radios(t, field, drawn)}</div></fieldset>`;
  }
  if (field.type === 'checkbox') {
    return html`${error}<div class="govuk-checkboxes govuk-checkboxes--small"><div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" type="checkbox" id="${drawn.id}" name="${field.name}" value="yes"${drawn.value === 'yes' ? html` checked` : ''}${drawn.describedBy}><label class="govuk-label govuk-checkboxes__label" for="${drawn.id}">${label}</label>${hint}</div></div>`;
  }
  const suffix = field.suffix
    ? html`<div class="govuk-input__wrapper">${input(t, field, drawn)}<div class="govuk-input__suffix" aria-hidden="true">${field.suffix}</div></div>`
    : input(t, field, drawn);
  return html`<label class="govuk-label" for="${drawn.id}">${label}</label>${hint}${error}${suffix}`;
}

const choiceText = (t: Words, { label, text, value }: Choice): string => (label ? t(label) : (text ?? value));

function radios(t: Words, field: Field, { id, value }: Drawn): Html {
  const items = (field.options ?? []).map((choice, index) => {
    const hint = choice.hint
      ? html`<div class="govuk-hint govuk-radios__hint" id="${id}-${index}-hint">${t(choice.hint)}</div>`
      : '';
    return html`<div class="govuk-radios__item"><input class="govuk-radios__input" type="radio" id="${id}-${index}" name="${field.name}" value="${choice.value}"${choice.value === value ? html` checked` : ''}${hint ? attribute('aria-describedby', `${id}-${index}-hint`) : ''}><label class="govuk-label govuk-radios__label" for="${id}-${index}">${choiceText(t, choice)}</label>${hint}</div>`;
  });
  return join(items);
}

function input(t: Words, field: Field, { id, value, describedBy, wrong }: Drawn): Html {
  const invalid = wrong ? html` aria-invalid="true"` : '';
  const common = html`id="${id}" name="${field.name}"${describedBy}${invalid}${attribute('autocomplete', field.autocomplete)}`;
  if (field.type === 'select') {
    const options = (field.options ?? []).map(
      (choice) =>
        html`<option value="${choice.value}"${choice.value === value ? html` selected` : ''}>${choiceText(t, choice)}</option>`,
    );
    return html`<select class="govuk-select${wrong ? ' govuk-select--error' : ''}" ${common}>${options}</select>`;
  }
  if (field.type === 'textarea') {
    // A line feed right after the tag is dropped by the parser (HTML §13.1.2.5), so one of our own goes first.
    return html`<textarea class="govuk-textarea${wrong ? ' govuk-textarea--error' : ''}" rows="5" dir="auto" ${common}>\n${value}</textarea>`;
  }
  if (field.type === 'file') {
    return html`<input class="govuk-file-upload${wrong ? ' govuk-file-upload--error' : ''}" type="file" ${common}${attribute('accept', field.accept)}${field.multiple ? html` multiple` : ''}>`;
  }
  const kind = field.type === 'date' || field.type === 'password' ? field.type : 'text';
  const latin = field.latin || field.type === 'decimal';
  const width = field.width ? ` govuk-input--width-${field.width}` : '';
  return html`<input class="govuk-input${width}${wrong ? ' govuk-input--error' : ''}" type="${kind}" ${common}${latin ? html` dir="ltr" spellcheck="false" autocapitalize="none"` : ''}${field.type === 'decimal' ? html` inputmode="decimal"` : ''}${field.type === 'password' ? '' : attribute('value', value === '' ? undefined : value)}>`;
}
