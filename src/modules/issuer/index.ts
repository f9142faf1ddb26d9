/** The door of the issuer: what a demonstration brings. Everybody else meets it over OpenID Connect. */
export { enrolPasskey } from './service-proofs.ts';
