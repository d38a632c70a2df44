/** The people who can sign in; everybody's password is their name. */
const people: Record<string, Record<string, unknown>> = {
  alice: { name: 'Alice Arkane', given_name: 'Alice', email: 'alice@example.org' },
  bob: { name: 'Bob Arkane', given_name: 'Bob', email: 'bob@example.org' },
};

/** What the scopes stand for. */
export const claimsByScope = {
  profile: ['name', 'given_name', 'family_name', 'preferred_username'],
  email: ['email', 'email_verified'],
};

export function passwordIsRight(username: string, password: string): boolean {
  return Object.hasOwn(people, username) && password === username;
}

/** All that can be said of a person. */
export function claimsOf(username: string): { sub: string } & Record<string, unknown> {
  const shared = { preferred_username: username, family_name: 'Arkane', email_verified: true };
  return { sub: username, ...shared, ...people[username] };
}
