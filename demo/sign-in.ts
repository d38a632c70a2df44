// Signing in, with oidc-client-ts, as an app does it.
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

/** Where oidc-client-ts notes down the sign-ins that it began. */
const begun = new WebStorageStateStore({ store: localStorage });

export const usersAt = (authority: string, clientId: string) =>
  new UserManager({
    authority,
    client_id: clientId,
    redirect_uri: location.origin + location.pathname,
    scope: 'openid profile email',
    stateStore: begun,
    // It would renew through this very page, in a frame, and sign a user in again whose session at the provider lives on.
    automaticSilentRenew: false,
  });

/** Leaves for the provider's page. The query and hash of this one, which the provider is not told, come back too. */
export const signIn = (users: UserManager) =>
  users.signinRedirect({ state: location.pathname + location.search + location.hash });

export const unreachable = 'The sign-in could not begin: the provider does not answer.';

/** The part of oidc-client-ts's note that is read here. */
interface Begun {
  authority: string;
  client_id: string;
  data: string;
}

/**
 * Finishes the sign-in whose answer is in the URL. Any `state` may stand there: a replayed one, or somebody else's.
 * @returns what is wrong with it, in words
 */
export const finishSignIn = async (): Promise<string | undefined> => {
  const answer = new URL(location.href);
  const state = answer.searchParams.get('state');
  if (state === null) return undefined;
  const note = await begun.get(state);
  if (note === null)
    return 'The address of this page has a “state” of no sign-in or logout that is under way. It was left alone.';
  try {
    const { authority, client_id, data } = JSON.parse(note) as Begun;
    history.replaceState(history.state, '', data);
    await usersAt(authority, client_id).signinCallback(answer.href);
    return undefined;
  } catch {
    return 'The sign-in did not work. Please try again.';
  }
};
