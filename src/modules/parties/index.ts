/** The door of parties: who exists, who acts for whom, who is competent, and who asks. */
export {
  type Directory,
  partiesPart,
  type RegisteredMandate,
  type RegisteredRepresentation,
  registered,
  representationsFor,
  representationsOf,
  represented,
} from './directory.ts';
export type { Authority, Client, Party, PartyRole, User } from './model.ts';
export { type KeyView, createKey, keyOf, listKeys, ownScopes, revokeKey, rotateKey } from './service-keys.ts';
export { keyScopes, NewKey, overlapMax, Rotation } from './model.ts';
export { signingKeyOf } from './service-clients.ts';
export { type Cast, enrol, type Enrolled } from './service-enrol.ts';
export {
  type Asked,
  type Doors,
  doors,
  fromLoopback,
  principalOfClient,
  principalOfParty,
  principalOfSession,
  principalUnder,
  sessionCookie,
} from './service-identify.ts';
export { firstAdministratorLink, signInAs } from './service-sign-in.ts';
export {
  administrationPage,
  administrators,
  type Answer,
  checked,
  choicesOf,
  groupedForm,
  members,
  open,
  refusedPage,
  rowButton,
  said,
  textOf,
  ticked,
  type Visit,
} from './page-kit.ts';
