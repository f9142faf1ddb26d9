/** The door of parties: who exists, who acts for whom, who is competent, and who asks. */
export { type Asked, fromLoopback } from './asked.ts';
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
export {
  type Authority,
  type Client,
  type Device,
  Identifier,
  keyScopes,
  NewKey,
  overlapMax,
  type Party,
  type PartyRole,
  partyRoles,
  representationScopes,
  Rotation,
  type User,
} from './model.ts';
export { endRepresentation, giveRepresentation } from './service.ts';
export {
  admitParty,
  changeMember,
  joinParty,
  membersOf,
  newPerson,
  personOf,
  suspendParty,
  triedTooOften,
} from './service-members.ts';
export { partyNow, representationNow, representationsAround, representationsBetween } from './store.ts';
export { type MachineClient, machineClient, signingKeyOf } from './service-clients.ts';
export { type KeyView, createKey, keyOf, listKeys, ownScopes, revokeKey, rotateKey } from './service-keys.ts';
export { type Cast, enrol, type Enrolled } from './service-enrol.ts';
export {
  type Doors,
  doors,
  principalOfClient,
  principalOfParty,
  principalOfSession,
  principalUnder,
  sessionCookie,
} from './service-identify.ts';
export { localPath, returnPath } from './service-oidc.ts';
export { devicesOf, endDevice, endDevices } from './service-sessions.ts';
export { checkPassword, firstAdministratorLink, forgetTries, signInAs, tooMany } from './service-sign-in.ts';
export { closeSessionsOf as endDevicesOf } from './store-people.ts';
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
  ticks,
  type Visit,
} from './page-kit.ts';
