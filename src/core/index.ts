export { prepareLogout } from './endpoints.js';
export { LogoutError, type LogoutErrorCode } from './errors.js';
export { ArkaneLoggedOutEvent, ArkaneLoggingOutEvent, ArkaneLogoutErrorEvent } from './events.js';
export { isLoggingOut, wasLoggedOut } from './latch.js';
export { logout } from './logout.js';
export type { ClientKey, Environment, LogoutOptions } from './request.js';
export { resumeLogout, watchLogout } from './resume.js';
export type { LogoutResult, LogoutStatus, WindowMode } from './result.js';
export type { StorageName, Tokens, TokenStore } from './token-store.js';
