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
export {
  type Authority,
  type Client,
  Identifier,
  type Party,
  type PartyRole,
  partyRoles,
  representationScopes,
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
export { localPath } from './pages-sign-in.ts';
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
  ticks,
  type Visit,
} from './page-kit.ts';
