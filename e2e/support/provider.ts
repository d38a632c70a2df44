/** What a test needs of a provider, whichever it is; what it says of sessions comes from the store, not from answers. */
export interface ProviderUnderTest {
  name: 'embedded' | 'keycloak';
  issuer: string;
  /** The single sign-on session. */
  sessionLives(sid: string): Promise<boolean>;
  offlineSessionLives(sid: string): Promise<boolean>;
  /** The clients that the single sign-on session has signed in, sorted. */
  clientsIn(sid: string): Promise<string[]>;
  /** Ends the single sign-on session as an administrator would. */
  endSession(sid: string): Promise<void>;
  stop(): Promise<void>;
}

/** Signed-in clients; `Brief`'s tokens expire within seconds. */
export const clientIds = ['Arketype', 'Plain', 'Brief'] as const;

/** Seconds that the tokens of the client `Brief` last. */
export const briefLifespan = 2;
