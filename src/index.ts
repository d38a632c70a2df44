export { ArkaneLogoutElement } from './arkane-logout-element.js';
export type { LogoutCall } from './attributes.js';
export * from './core/index.js';
export type { Strings } from './words.js';
