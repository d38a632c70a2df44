export { ArkaneLogoutElement } from './arkane-logout-element.js';
export * from './core/index.js';
