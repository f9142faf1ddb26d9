import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { answering, identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { sendAttachment } from '#modules/documents/index.ts';
import { Application, Invitation, Membership, NewOffer, PassOn } from './model.ts';
import { schemes, proofOf } from './schemes.ts';
import { apply, registrationDocument, registrationList, registrationView } from './service.ts';
import { decideRegistration } from './service-desk.ts';
import { businessOf, invite, setMember, uninvite } from './service-people.ts';
import { confirm, decline, offer, passOn, representationList, revoke } from './service-representations.ts';

const closed = { additionalProperties: false } as const;
const uuid = Type.String({ format: 'uuid' });
const Id = Type.Object({ id: uuid }, closed);
const Document = Type.Object({ id: uuid, document: uuid }, closed);
const After = Type.Object({ after: Type.Optional(uuid) }, closed);
const Waiting = Type.Object(
  { after: Type.Optional(uuid), waiting: Type.Optional(Type.Union([Type.Literal('yes'), Type.Literal('no')])) },
  closed,
);
const text = Type.String({ minLength: 1, maxLength: 2_000 });
const Step = Type.Object(
  {
    move: Type.Union([Type.Literal('approve'), Type.Literal('refuse'), Type.Literal('ask'), Type.Literal('reverse')]),
    stamp: Type.Integer({ minimum: 0 }),
    decision: Type.Optional(Type.Object({ ground: text, reason: text, remedy: text }, closed)),
    note: Type.Optional(text),
  },
  { ...closed, $id: 'RegistrationStep' },
);

/** The JSON doors of the pages: registration, one's own business and its people, and representations. */
export function api(app: App, context: Context): void {
  registrations(app, context);
  desk(app, context);
  business(app, context);
  representations(app, context);
}

function registrations(app: App, context: Context): void {
  const tags = ['registration'];
  app.get(
    '/v1/identifier-schemes',
    { schema: { summary: 'Schemes of identifiers, with how far the window can look at each', tags } },
    () => schemes.map((one) => ({ ...one, proof: proofOf(one) })),
  );
  const description =
    'Open to everybody. The first identifier is the one under which the business is registered. Where the pack lets ' +
    'nobody approve the roles that are asked for, the business stands at once; otherwise a desk decides. The link with ' +
    'which the person signs in is in this answer and nowhere else. Papers are attached on the page of the registration.';
  app.post(
    '/v1/registrations',
    { schema: { summary: 'Register a business', description, tags, body: Application } },
    async (request, reply) => {
      const done = await apply(context, request.body, [], request.ip);
      return done.ok ? reply.code(201).send(done.value) : sendProblem(reply, done.error);
    },
  );
}

function desk(app: App, context: Context): void {
  const tags = ['registration'];
  const answer = answering(context);
  app.get(
    '/v1/registrations',
    { schema: { summary: 'Registrations, for the desk that decides on them', tags, querystring: Waiting } },
    (request, reply) => {
      const { after = null, waiting = 'yes' } = request.query;
      return answer(request, reply, (who) => registrationList(context, who, { after, waiting: waiting === 'yes' }));
    },
  );
  app.get(
    '/v1/registrations/:id',
    { schema: { summary: 'One registration, for the desk and for who asked', tags, params: Id } },
    (request, reply) => answer(request, reply, (who) => registrationView(context, who, request.params.id)),
  );
  app.get(
    '/v1/registrations/:id/documents/:document',
    { schema: { summary: 'A paper of a registration, as it came', tags, params: Document } },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const { id, document } = request.params;
      const found = await registrationDocument(context, who.value, id, document);
      return found.ok ? sendAttachment(reply, found.value) : sendProblem(reply, found.error);
    },
  );
  app.post(
    '/v1/registrations/:id/steps',
    {
      schema: {
        summary: 'Approve or refuse a registration, ask for more, or take a decision back',
        tags,
        params: Id,
        body: Step,
      },
    },
    (request, reply) =>
      answer(request, reply, (who) => decideRegistration(context, who, request.params.id, request.body)),
  );
}

function business(app: App, context: Context): void {
  const tags = ['business'];
  const answer = answering(context);
  app.get('/v1/business', { schema: { summary: 'One’s own business and its people', tags } }, (request, reply) =>
    answer(request, reply, (who) => businessOf(context, who)),
  );
  app.post(
    '/v1/business/invitations',
    {
      schema: {
        summary: 'Invite somebody into one’s own business: the link is in this answer and nowhere else',
        tags,
        body: Invitation,
      },
    },
    (request, reply) => answer(request, reply, (who) => invite(context, who, request.body), 201),
  );
  app.delete(
    '/v1/business/invitations/:id',
    { schema: { summary: 'Take an invitation back', tags, params: Id } },
    (request, reply) => answer(request, reply, (who) => uninvite(context, who, request.params.id)),
  );
  app.put(
    '/v1/business/people/:id',
    {
      schema: {
        summary: 'Change what somebody does for one’s own business; no roles end it',
        tags,
        params: Id,
        body: Membership,
      },
    },
    (request, reply) => answer(request, reply, (who) => setMember(context, who, request.params.id, request.body.roles)),
  );
}

function representations(app: App, context: Context): void {
  const tags = ['representations'];
  const answer = answering(context);
  app.get(
    '/v1/representations',
    { schema: { summary: 'Who acts for one’s own business, and for whom it acts', tags, querystring: After } },
    (request, reply) => answer(request, reply, (who) => representationList(context, who, request.query.after ?? null)),
  );
  const description =
    'Given by the represented it holds at once; offered by the representative it waits until the represented confirms.';
  app.post(
    '/v1/representations',
    { schema: { summary: 'Let another act for one’s own business, or offer to', description, tags, body: NewOffer } },
    (request, reply) => answer(request, reply, (who) => offer(context, who, request.body), 201),
  );
  app.delete(
    '/v1/representations/:id',
    {
      schema: {
        summary: 'End a representation from either side: nothing is filed under it once this is answered',
        tags,
        params: Id,
      },
    },
    (request, reply) => answer(request, reply, (who) => revoke(context, who, request.params.id)),
  );
  app.post(
    '/v1/representations/:id/passed-on',
    {
      schema: {
        summary: 'Let one of one’s own representatives act in one’s place, where the represented allowed it',
        tags,
        params: Id,
        body: PassOn,
      },
    },
    (request, reply) => answer(request, reply, (who) => passOn(context, who, request.params.id, request.body), 201),
  );
  app.post(
    '/v1/representation-offers/:id/confirmation',
    { schema: { summary: 'Confirm an offer to act for one’s own business', tags, params: Id } },
    (request, reply) => answer(request, reply, (who) => confirm(context, who, request.params.id)),
  );
  app.delete(
    '/v1/representation-offers/:id',
    { schema: { summary: 'Decline an offer, or take one’s own back', tags, params: Id } },
    (request, reply) => answer(request, reply, (who) => decline(context, who, request.params.id)),
  );
}
