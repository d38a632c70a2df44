// The same logic without the element.
import { logout, type LogoutOptions, resumeLogout } from '../../src/core/index.js';

const resumed = resumeLogout();
const key = (await (await fetch('/demo/config.json')).json()) as { authority: string; clientId: string };
Object.assign(window, {
  headless: { resumed, logout: (options: Partial<LogoutOptions>) => logout({ ...key, ...options }) },
});
