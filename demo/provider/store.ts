import type { Adapter, AdapterPayload } from 'oidc-provider';

export interface SessionSummary {
  sid: string;
  /** Its own, and at oidc-provider those that its ID tokens carry: one for each client, another after a "no". */
  sids: string[];
  account: string;
  clients: string[];
}

/**
 * Everything that the provider remembers, in memory. Sessions are oidc-provider's own records, so that there is one
 * truth; what Keycloak knows beyond them (offline sessions, revoked access tokens) lies beside.
 * Expiry is looked at when a record is read, so no timer is needed.
 */
export class Store {
  /** Where each confirmation page leads once the user says yes, by the page's code. */
  readonly confirmations = new Map<string, string | undefined>();
  readonly #records = new Map<string, Map<string, AdapterPayload>>();
  /** By session: a client that leaves a session takes its `sid` out of the record, while its tokens go on naming it. */
  readonly #sids = new Map<string, Set<string>>();
  readonly #offline = new Map<string, { account: string; clients: Set<string> }>();
  readonly #begunOffline = new Set<string>();
  readonly #revoked = new Set<string>();

  /** @param recordId what a model's id is stored under: refresh tokens leave the house wrapped. */
  adapter(model: string, recordId: (id: string) => string = (id) => id): Adapter {
    const records = this.#model(model);
    const findBy = (matches: (payload: AdapterPayload) => boolean) => copy([...records.values()].find(matches));
    return {
      upsert: (id, payload) => {
        records.set(id, structuredClone(payload));
        if (model === 'Session') this.#keepSids(payload);
        return Promise.resolve();
      },
      find: (id) => Promise.resolve(copy(records.get(recordId(id)))),
      findByUid: (uid) => Promise.resolve(findBy((payload) => payload.uid === uid)),
      findByUserCode: (userCode) => Promise.resolve(findBy((payload) => payload.userCode === userCode)),
      consume: (id) => {
        const payload = records.get(id);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
        return Promise.resolve();
      },
      destroy: (id) => {
        records.delete(id);
        return Promise.resolve();
      },
      revokeByGrantId: (grantId) => {
        for (const [id, payload] of records) if (payload.grantId === grantId) records.delete(id);
        return Promise.resolve();
      },
    };
  }

  sessions(): SessionSummary[] {
    const signedIn = [...this.#model('Session').values()].filter((payload) => payload.accountId && !expired(payload));
    return signedIn.map(({ uid = '', accountId = '', authorizations = {} }) => ({
      sid: uid,
      sids: [...(this.#sids.get(uid) ?? [])],
      account: accountId,
      clients: Object.keys(authorizations),
    }));
  }

  offlineSessions(): SessionSummary[] {
    return [...this.#offline].map(([sid, { account, clients }]) => ({
      sid,
      sids: [sid],
      account,
      clients: [...clients],
    }));
  }

  session(sid: string, { offline }: { offline: boolean }): SessionSummary | undefined {
    return (offline ? this.offlineSessions() : this.sessions()).find(({ sids }) => sids.includes(sid));
  }

  /** By the id that the browser has as a cookie. */
  isSignedIn(id: string): boolean {
    const payload = this.#model('Session').get(id);
    return payload?.accountId !== undefined && !expired(payload);
  }

  endSession(sid: string): void {
    const sessions = this.#model('Session');
    const uid = this.session(sid, { offline: false })?.sid;
    for (const [id, payload] of sessions) if (payload.uid === uid) sessions.delete(id);
  }

  endOfflineSession(sid: string): void {
    this.#offline.delete(sid);
  }

  /** Takes one client out of a session; a session that nobody is left in ends. */
  detach(sid: string, client: string): void {
    for (const payload of this.#model('Session').values()) {
      if (payload.uid !== sid || !payload.authorizations) continue;
      const others = Object.entries(payload.authorizations).filter(([clientId]) => clientId !== client);
      payload.authorizations = Object.fromEntries(others);
    }
    if (this.session(sid, { offline: false })?.clients.length === 0) this.endSession(sid);
  }

  detachOffline(sid: string, client: string): void {
    const session = this.#offline.get(sid);
    session?.clients.delete(client);
    if (session?.clients.size === 0) this.#offline.delete(sid);
  }

  /** A session whose very first request asks for `offline_access` does not outlive the code (Keycloak 26). */
  beginOffline(sid: string): void {
    this.#begunOffline.add(sid);
  }

  goOffline(sid: string, account: string, client: string): void {
    const clients = this.#offline.get(sid)?.clients ?? new Set();
    this.#offline.set(sid, { account, clients: clients.add(client) });
    if (this.#begunOffline.delete(sid)) this.endSession(sid);
  }

  revoke(tokenId: string): void {
    this.#revoked.add(tokenId);
  }

  isRevoked(tokenId: string): boolean {
    return this.#revoked.has(tokenId);
  }

  #keepSids({ uid = '', authorizations = {} }: AdapterPayload): void {
    const sids = this.#sids.get(uid) ?? new Set([uid]);
    for (const { sid } of Object.values(authorizations)) if (sid) sids.add(sid);
    this.#sids.set(uid, sids);
  }

  #model(name: string): Map<string, AdapterPayload> {
    const records = this.#records.get(name) ?? new Map<string, AdapterPayload>();
    this.#records.set(name, records);
    return records;
  }
}

function expired({ exp }: AdapterPayload): boolean {
  return exp !== undefined && exp * 1000 <= Date.now();
}

function copy(payload: AdapterPayload | undefined): AdapterPayload | undefined {
  return payload && structuredClone(payload);
}
