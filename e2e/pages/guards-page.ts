// What the pages of docs/guards.md share: whose users they are, and what a test looks at.
import type { UserManager } from 'oidc-client-ts';
import { type ClientKey, isLoggingOut, wasLoggedOut } from '../../src/index.js';

/** What a test may ask of such a page, once it is ready. */
export interface Guarded {
  /** How many tokens the app holds. */
  held: () => number | Promise<number>;
  /** Lets the app forget its user, before a logout does. */
  forget?: (() => unknown) | undefined;
  guards: () => { isLoggingOut: boolean; wasLoggedOut: boolean };
}

declare global {
  interface Window {
    guarded?: Guarded;
  }
}

export const key = (await (await fetch('/demo/config.json')).json()) as ClientKey & { authority: string };

/** The same page without its guard, with `?unguarded`. */
export const isGuarded = !new URLSearchParams(location.search).has('unguarded');

/** This page, as it is without an answer of the provider. */
export const here = location.origin + location.pathname + (isGuarded ? '' : '?unguarded');

/** Lets the test ask. */
export const expose = (app: Omit<Guarded, 'guards'>) => {
  window.guarded = { ...app, guards: () => ({ isLoggingOut: isLoggingOut(key), wasLoggedOut: wasLoggedOut(key) }) };
};

/** The same for an app with oidc-client-ts. */
export const exposeUsers = (users: UserManager) => {
  expose({
    async held() {
      const user = await users.getUser();
      return count(user?.id_token, user?.access_token, user?.refresh_token);
    },
    forget: () => users.removeUser(),
  });
};

/** How many of these are tokens. */
export const count = (...tokens: unknown[]): number => tokens.filter(Boolean).length;
