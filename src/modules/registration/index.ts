/** The door of registration: businesses that come in, their people, and who acts for whom by their own word. */
export { registrationProcedure } from './procedure.ts';
export { apply, registrationList } from './service.ts';
export { decideRegistration } from './service-desk.ts';
export { invite } from './service-people.ts';
export { offer, passOn, representationList } from './service-representations.ts';
