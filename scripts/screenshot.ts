// npm run screenshot: docs/images/demo.png, the real demo page just after a press.
import puppeteer from 'puppeteer-core';
import { startDemo } from '../demo/demo.ts';
import { launchOptions } from './browsers.mjs';

const path = 'docs/images/demo.png';
const demo = await startDemo();
const browser = await puppeteer.launch(launchOptions('chromium'));
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 970 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
  await page.goto(`${demo.app.origin}/demo/`);
  await page.waitForSelector('body[data-ready]');
  await page.click('#sign-in');
  await page.waitForSelector('#kc-login');
  await page.type('#username', 'alice');
  await page.type('#password', 'alice');
  await page.click('#kc-login');
  await page.waitForSelector('#signed-in:not([hidden])');
  await page.click('arkane-logout >>> button');
  await page.waitForSelector('#outcome li');
  await page.mouse.move(0, 0);
  await page.screenshot({ path });
  console.log(path);
} finally {
  await browser.close();
  await demo.stop();
}
