import type { Observation } from './observe.ts';

/** Measured at Keycloak 26.7.3. */
export const expectations: Record<string, Observation> = {};
