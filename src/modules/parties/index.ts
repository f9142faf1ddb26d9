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
export type { Authority, Client, Device, Party, PartyRole, User } from './model.ts';
export { type MachineClient, machineClient, signingKeyOf } from './service-clients.ts';
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
export { closeSessionsOf as endDevicesOf, userOf as personOf } from './store-people.ts';
export {
  administrationPage,
  administrators,
  type Answer,
  checked,
  groupedForm,
  members,
  open,
  refusedPage,
  textOf,
  type Visit,
} from './page-kit.ts';
