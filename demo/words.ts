// What a result says, in plain words, and never more than it says.
import type { LogoutErrorCode, LogoutResult } from '../src/index.js';

/** A sentence, and whether it is certain. */
export interface Fact {
  where: string;
  words: string;
  isCertain: boolean;
}

export interface Words {
  headline: string;
  facts: Fact[];
  /** What the user may do now. */
  next?: string;
}

/** Why it is not known whether the session is over. Of what is not here, the error's own message says it. */
const reasons: Partial<Record<LogoutErrorCode, string>> = {
  network: 'The provider could not be reached.',
  timeout: 'The provider did not answer in time.',
  refused: 'The provider answered with an error.',
  closed: 'No answer of the provider came back.',
  unproved: 'The provider was asked, but gave no proof in the background.',
  blocked: 'The browser did not let a window open.',
  unsupported: 'The provider has no way to end a session that this page could use.',
};

const headlineOf = ({ local, trigger, providerSession }: LogoutResult): string => {
  if (local === 'kept') return 'You are not quite logged out.';
  if (trigger === 'restored') return 'This page was out of date.';
  return providerSession === 'none' ? 'Nobody was signed in.' : 'You are logged out here.';
};

const hereOf = ({ local, trigger, providerSession }: LogoutResult): Fact => {
  const words = {
    kept: 'tokens may be left, because the place where they are kept could not be emptied.',
    restored: 'you were logged out after you had left it. What it still showed is gone.',
    none: 'there were no tokens to wipe.',
    wiped: 'the tokens are wiped.',
  };
  const told =
    local === 'kept' ? local : trigger === 'restored' ? trigger : providerSession === 'none' ? 'none' : local;
  return { where: 'On this page', words: words[told], isCertain: local === 'wiped' };
};

const proofs: Partial<Record<LogoutResult['evidence'], string>> = {
  'logout-response': 'your session is over. Its answers prove it.',
  'token-check':
    'it knew this app in your session, was asked to end that, and no longer knows the app there. This is proved.',
  'session-check': 'nobody is signed in for this app. It said so when it was asked, which proves it.',
};

const thereOf = ({ trigger, providerSession, evidence, error }: LogoutResult): Fact => {
  const reason = (error && reasons[error.code]) ?? error?.message ?? '';
  const words: Record<LogoutResult['providerSession'], string> = {
    ended: proofs[evidence] ?? '',
    alive: 'you are still signed in. It said so when it was asked. The next person here needs one click.',
    returned:
      'it sent you back, which is no proof. A provider may do so, too, when its page is answered “stay signed in”.',
    unknown: error
      ? `nothing is certain (${error.code}). ${reason} Your session may live on.`
      : 'a window is open there. Finish in it; until then nothing is certain.',
    none: 'nothing was asked.',
  };
  return {
    where: 'At the provider',
    words:
      trigger === 'restored'
        ? 'nothing is known here. The page that you came back to was told.'
        : words[providerSession],
    isCertain: providerSession === 'ended' || providerSession === 'none',
  };
};

const nextOf = ({ local, trigger, providerSession, error }: LogoutResult): string | undefined => {
  if (local === 'kept') return 'Press “Finish logging out”: it tries once more.';
  if (!error || trigger === 'restored' || providerSession === 'ended') return undefined;
  return error.code === 'network'
    ? 'Press “Finish logging out”: it tries once more, in the background.'
    : 'Press “Finish logging out”: it finishes on the provider’s own page.';
};

export const wordsFor = (result: LogoutResult): Words => {
  const next = nextOf(result);
  return { headline: headlineOf(result), facts: [hereOf(result), thereOf(result)], ...(next && { next }) };
};

/** What to expect of a press, before it. */
export const expectation = (
  isKeycloak: boolean,
  isRedirect: boolean,
  hasCallback: boolean,
  verifies: boolean,
): string => {
  const proof = verifies
    ? 'Then the provider is asked whether somebody is still signed in: its answer is a proof.'
    : 'That it sends you back does not prove that the session is over.';
  if (isRedirect)
    return `A press leads to the provider${isKeycloak ? '' : ', which asks you,'} and back here. ${proof}`;
  if (isKeycloak)
    return 'A press asks the provider, and asks once more. Its answers can prove that the session is over.';
  return hasCallback
    ? `A press opens a window, in which the provider asks you. ${proof}`
    : 'A press wipes the tokens. Such a provider gives no proof in the background; a second press finishes on its page.';
};
