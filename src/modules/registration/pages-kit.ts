import { html, join, type Html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import { tag } from '#portal/components.ts';
import type { Field, Values } from '#portal/form.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { ref } from '#portal/values.ts';
import { acceptedFiles } from '#modules/documents/index.ts';
import type { ApplicationState } from './model.ts';
import { schemes } from './schemes.ts';
import type { RegistrationView } from './service.ts';

/** A form that came back, with what is wrong in it. */
export interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

const tones: Readonly<Record<ApplicationState, Tone>> = {
  open: 'hand',
  asked: 'ink',
  approved: 'released',
  refused: 'stopped',
};
export const registrationTag = (t: Words, state: ApplicationState | undefined): Html | '' =>
  state === undefined ? '' : tag(t(`registration.state.${state}`), tones[state]);

/** What somebody does for his business, in words. */
export const rolesOf = (t: Words, roles: readonly string[] = []): Html =>
  join(
    roles.map((role) => t(`parties.role.${role}`)),
    ', ',
  );

/** In which legal roles a business is registered, in words. */
export const legalRoles = (t: Words, roles: readonly string[] = []): Html =>
  join(
    roles.map((role) => t(`parties.legal-role.${role}`)),
    ', ',
  );

export const documentsField: Field = {
  name: 'documents',
  label: 'registration.field.documents',
  hint: 'registration.field.documents-hint',
  type: 'file',
  accept: acceptedFiles,
  multiple: true,
  optional: true,
};

/** An identifier with how far it was looked at, so that nobody takes a shape for a proof. */
export function identifierText(t: Words, { scheme, value, proof }: RegistrationView['identifiers'][number]): Html {
  const known = schemes.find(({ id }) => id === scheme);
  return html`<bdi>${known?.name ?? scheme}</bdi> ${ref(value)} ${tag(t(`registration.proof.${proof}`), proof === 'shape' ? 'quiet' : 'released')}`;
}
