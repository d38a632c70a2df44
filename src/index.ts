export { ArkaneLogoutElement, type LogoutCall } from './arkane-logout-element.js';
export * from './core/index.js';
export type { Strings } from './words.js';
