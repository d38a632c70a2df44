import { byBrowser } from './by-browser.ts';
import { offline } from './offline.ts';
import { rest } from './rest.ts';
import { revocation } from './revocation.ts';
import { tokenPost } from './token-post.ts';
import { userinfo } from './userinfo.ts';
import type { Scene } from '../stage.ts';

export const scenes: Scene[] = [...tokenPost, ...offline, ...byBrowser, ...revocation, ...userinfo, ...rest];
