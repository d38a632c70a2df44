import { ArkaneLogoutElement } from './arkane-logout-element.js';

if (!customElements.get('arkane-logout')) customElements.define('arkane-logout', ArkaneLogoutElement);

export * from './index.js';
