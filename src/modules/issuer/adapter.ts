import type { Adapter, ClientMetadata } from 'oidc-provider';
import type { Db } from '#platform/db.ts';
import * as store from './store-records.ts';

/** A refusal in the library's own words, for what only the database can tell. */
async function refusalOf(kind: 'InvalidClient' | 'InvalidGrant'): Promise<Error> {
  const { errors } = await import('oidc-provider');
  return new errors[kind]('this was used before');
}

const daySeconds = 86_400;

/** Where the library keeps what it keeps, and where it finds clients. */
export function adapterOf(
  db: Db,
  clientOf: (id: string) => Promise<ClientMetadata | undefined>,
): (model: string) => Adapter {
  return (model) => ({
    async upsert(id, payload, seconds) {
      const { grantId = null, uid = null } = payload;
      const row = { model, id, payload, grant: grantId, uid, seconds: seconds ?? daySeconds };
      if (model !== 'ReplayDetection') return store.putRecord(db, row);
      // The library has looked, and so has whoever brings the same proof at the same moment.
      if (!(await store.putRecordOnce(db, row))) throw await refusalOf('InvalidClient');
    },
    async find(id) {
      // Clients stand in the reference data of the window: one that was revoked gets nothing from that moment on.
      if (model === 'Client') return clientOf(id);
      return store.recordOf(db, model, id);
    },
    findByUid: (uid) => store.recordByUid(db, model, uid),
    findByUserCode: () => Promise.resolve(undefined),
    destroy: (id) => store.dropRecord(db, model, id),
    revokeByGrantId: (grant) => store.dropGrant(db, grant),
    async consume(id) {
      if (!(await store.useRecord(db, model, id))) throw await refusalOf('InvalidGrant');
    },
  });
}
