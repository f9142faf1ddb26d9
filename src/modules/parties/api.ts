import type { FastifyInstance } from 'fastify';
import { type TSchema, Type } from 'typebox';
import type { Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import { sendProblem } from '#platform/problem.ts';
import {
  AccessKeys,
  AuthorityIdentifier,
  AuthorityName,
  Identifier,
  NewClient,
  SigningKey,
  NewMandate,
  NewRepresentation,
  NewUser,
  Registration,
  UserChange,
} from './model.ts';
import { addMandate, addRepresentation, endMandate, putAuthority, putParty, revokeRepresentation } from './service.ts';
import { createClient, enterAccessKeys, enterSigningKey, revokeClient } from './service-clients.ts';
import { listAuthorities, listClients, listParties, listRepresentations, partyFile } from './service-lists.ts';
import { changeUser, createUser, listUsers, renewLink, userOf } from './service-people.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

type Texts = Readonly<Record<string, string>>;

interface Door<P, B> {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** The status of a success: 201 where something new is made. */
  readonly status?: 200 | 201;
  act(who: Principal, asked: { params: P; body: B; query: Texts }): Result<unknown> | Promise<Result<unknown>>;
}

/** Mounts one door: who asks is found out first, and whoever is nobody gets no further. */
function mount<P, B>(app: FastifyInstance, context: Context, door: Door<P, B>): void {
  const { method, path: url, summary, params, query, body, status = 200 } = door;
  const schema = {
    summary,
    tags: ['administration'],
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
  };
  app.route({
    method,
    url,
    schema,
    handler: async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      // The schemas of the route have been checked by now, so the types say what is there.
      const asked = { params: request.params as P, body: request.body as B, query: request.query as Texts };
      const result = await door.act(who.value, asked);
      return result.ok ? reply.code(status).send(result.value) : sendProblem(reply, result.error);
    },
  });
}

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Paging = closed({
  after: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|[1-4][0-9]{2}|500)$' })),
  find: Type.Optional(Type.String({ maxLength: 100 })),
});
const Id = closed({ id: Type.String({ format: 'uuid' }) });
const Party = closed({ identifier: Identifier });
const Authority = closed({ identifier: AuthorityIdentifier });

const pageOf = (query: Texts) => ({
  after: query['after'] ?? '',
  limit: Number(query['limit'] ?? '50'),
  find: query['find'] ?? '',
});

const administration = '/v1/administration';

/** The JSON doors: who am I, and the administration of everything that the pages administer. */
export function api(app: FastifyInstance, context: Context): void {
  app.get(
    '/v1/me',
    { schema: { summary: 'Who am I, and for whom may I act?', tags: ['me'] } },
    async (request, reply) => {
      const who = await identified(context, request);
      return who.ok ? reply.send(who.value) : sendProblem(reply, who.error);
    },
  );
  parties(app, context);
  authorities(app, context);
  clients(app, context);
  accessKeys(app, context);
  people(app, context);
}

function parties(app: FastifyInstance, context: Context): void {
  mount(app, context, {
    method: 'GET',
    path: `${administration}/parties`,
    summary: 'Registered parties',
    query: Paging,
    act: (who, { query }) => listParties(context, who, pageOf(query)),
  });
  mount<{ identifier: string }, never>(app, context, {
    method: 'GET',
    path: `${administration}/parties/:identifier`,
    summary: 'One party and its representations',
    params: Party,
    act: (who, { params }) => partyFile(context, who, params.identifier),
  });
  mount<{ identifier: string }, Registration>(app, context, {
    method: 'PUT',
    path: `${administration}/parties/:identifier`,
    summary: 'Register a party, or change its registration',
    params: Party,
    body: Registration,
    act: (who, { params, body }) => putParty(context, who, params.identifier, body),
  });
  mount(app, context, {
    method: 'GET',
    path: `${administration}/representations`,
    summary: 'Who acts for whom',
    query: Paging,
    act: (who, { query }) => listRepresentations(context, who, pageOf(query)),
  });
  mount<never, NewRepresentation>(app, context, {
    method: 'POST',
    path: `${administration}/representations`,
    summary: 'Register that one party acts for another',
    body: NewRepresentation,
    status: 201,
    act: (who, { body }) => addRepresentation(context, who, body),
  });
  mount<{ id: string }, never>(app, context, {
    method: 'DELETE',
    path: `${administration}/representations/:id`,
    summary: 'Revoke a representation: nothing is filed under it once this is answered',
    params: Id,
    act: (who, { params }) => revokeRepresentation(context, who, params.id),
  });
}

function authorities(app: FastifyInstance, context: Context): void {
  mount(app, context, {
    method: 'GET',
    path: `${administration}/authorities`,
    summary: 'Authorities and their mandates',
    act: (who) => listAuthorities(context, who),
  });
  mount<{ identifier: string }, AuthorityName>(app, context, {
    method: 'PUT',
    path: `${administration}/authorities/:identifier`,
    summary: 'Register an authority, or change its name',
    params: Authority,
    body: AuthorityName,
    act: (who, { params, body }) => putAuthority(context, who, params.identifier, body),
  });
  mount<never, NewMandate>(app, context, {
    method: 'POST',
    path: `${administration}/mandates`,
    summary: 'Give an authority a mandate, with the law it rests on',
    body: NewMandate,
    status: 201,
    act: (who, { body }) => addMandate(context, who, body),
  });
  mount<{ id: string }, never>(app, context, {
    method: 'DELETE',
    path: `${administration}/mandates/:id`,
    summary: 'End a mandate',
    params: Id,
    act: (who, { params }) => endMandate(context, who, params.id),
  });
}

function clients(app: FastifyInstance, context: Context): void {
  mount(app, context, {
    method: 'GET',
    path: `${administration}/clients`,
    summary: 'API clients, without their keys',
    query: Paging,
    act: (who, { query }) => listClients(context, who, pageOf(query)),
  });
  mount<never, NewClient>(app, context, {
    method: 'POST',
    path: `${administration}/clients`,
    summary: 'Make an API client: its key is in this answer and nowhere else',
    body: NewClient,
    status: 201,
    act: (who, { body }) => createClient(context, who, body),
  });
  mount<{ id: string }, never>(app, context, {
    method: 'DELETE',
    path: `${administration}/clients/:id`,
    summary: 'Revoke the key of an API client',
    params: Id,
    act: (who, { params }) => revokeClient(context, who, params.id),
  });
  mount<{ id: string }, SigningKey>(app, context, {
    method: 'PUT',
    path: `${administration}/clients/:id/signing-key`,
    summary: 'Enter the public key (JWK, P-256) with which a client signs its uploads, or take it away',
    params: Id,
    body: SigningKey,
    act: (who, { params, body }) =>
      enterSigningKey(context, who, params.id, body.key === null ? null : JSON.stringify(body.key)),
  });
}

function accessKeys(app: FastifyInstance, context: Context): void {
  mount<{ id: string }, AccessKeys>(app, context, {
    method: 'PUT',
    path: `${administration}/clients/:id/access-keys`,
    summary: 'Enter the public keys (JWK, P-256; two at most) with which a client asks the issuer for access tokens',
    params: Id,
    body: AccessKeys,
    act: (who, { params, body }) =>
      enterAccessKeys(
        context,
        who,
        params.id,
        body.keys.map((key) => JSON.stringify(key)),
      ),
  });
}

function people(app: FastifyInstance, context: Context): void {
  mount(app, context, {
    method: 'GET',
    path: `${administration}/users`,
    summary: 'People who sign in',
    query: Paging,
    act: (who, { query }) => listUsers(context, who, pageOf(query)),
  });
  mount<{ id: string }, never>(app, context, {
    method: 'GET',
    path: `${administration}/users/:id`,
    summary: 'One person',
    params: Id,
    act: (who, { params }) => userOf(context, who, params.id),
  });
  mount<never, NewUser>(app, context, {
    method: 'POST',
    path: `${administration}/users`,
    summary: 'Add a person: the link to set a password is in this answer and nowhere else',
    body: NewUser,
    status: 201,
    act: (who, { body }) => createUser(context, who, body),
  });
  mount<{ id: string }, UserChange>(app, context, {
    method: 'PUT',
    path: `${administration}/users/:id`,
    summary: 'Change what a person may do, or suspend him',
    params: Id,
    body: UserChange,
    act: (who, { params, body }) => changeUser(context, who, params.id, body),
  });
  mount<{ id: string }, never>(app, context, {
    method: 'POST',
    path: `${administration}/users/:id/link`,
    summary: 'A new link to set a password; an earlier one stops working',
    params: Id,
    status: 201,
    act: (who, { params }) => renewLink(context, who, params.id),
  });
}
