export const administrator = { username: 'admin', password: 'admin' };

interface AdminSession {
  id: string;
  /** Client ids by Keycloak's internal ids. */
  clients?: Record<string, string>;
}

/** What an administrator sees of the sessions, through Keycloak's admin API. */
export class KeycloakAdmin {
  readonly #base: string;
  readonly #realm: string;
  /** They last a minute, and each costs a slow hash. */
  #token = { text: '', until: 0 };

  /** @param base the server's URL on 127.0.0.1 */
  constructor(base: string, realm: string) {
    this.#base = base;
    this.#realm = `/${realm}`;
  }

  async createRealm(realm: object): Promise<void> {
    await this.#request('', 'POST', realm);
  }

  async session(sid: string): Promise<AdminSession | undefined> {
    for (const { id } of await this.#list('/users')) {
      const found = (await this.#list(`/users/${id}/sessions`)).find((session) => session.id === sid);
      if (found) return found;
    }
    return undefined;
  }

  async offlineSession(sid: string): Promise<AdminSession | undefined> {
    for (const { id } of await this.#list('/clients')) {
      const found = (await this.#list(`/clients/${id}/offline-sessions`)).find((session) => session.id === sid);
      if (found) return found;
    }
    return undefined;
  }

  async endSession(sid: string): Promise<void> {
    await this.#request(`${this.#realm}/sessions/${sid}`, 'DELETE');
  }

  async #list(path: string): Promise<AdminSession[]> {
    return (await (await this.#request(this.#realm + path)).json()) as AdminSession[];
  }

  async #request(path: string, method = 'GET', body?: object): Promise<Response> {
    const response = await fetch(`${this.#base}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#freshToken()}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  async #freshToken(): Promise<string> {
    if (Date.now() < this.#token.until) return this.#token.text;
    const body = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...administrator });
    const response = await fetch(`${this.#base}/realms/master/protocol/openid-connect/token`, { method: 'POST', body });
    if (!response.ok) throw new Error(`The administrator cannot sign in: ${response.status} ${await response.text()}`);
    const { access_token: text } = (await response.json()) as { access_token: string };
    this.#token = { text, until: Date.now() + 30_000 };
    return text;
  }
}
