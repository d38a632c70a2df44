/** The people who can sign in; everybody's password is their name. */
const people: Record<string, Record<string, unknown>> = {
  alice: { name: 'Alice Arkane', given_name: 'Alice', email: 'alice@example.org' },
  bob: { name: 'Bob Arkane', given_name: 'Bob', email: 'bob@example.org' },
};

export function passwordIsRight(username: string, password: string): boolean {
  return Object.hasOwn(people, username) && password === username;
}

/** The claims that Keycloak's `profile` and `email` scopes stand for. */
export function claimsOf(username: string): { sub: string } & Record<string, unknown> {
  const shared = { preferred_username: username, family_name: 'Arkane', email_verified: true };
  return { sub: username, ...shared, ...people[username] };
}
