// Looks at pages in headless Chromium: a job is a line of JSON on standard input, and answered with one.
//
//   {url, language?, looks: [{width, dark, axe?: all | colours | words, scripts?, shot?, full?, media?}]}
//   -> {looks: [{violations, messages, overflow, headers, text, shot?}]}
//   {decode: url}  ->  {decoded}: what the QR code in the picture at that address says
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const jsqr = readFileSync(require.resolve('jsqr'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const RULES = {
  all: { runOnly: TAGS },
  colours: { runOnly: { type: 'rule', values: ['color-contrast', 'target-size', 'link-in-text-block'] } },
  words: { runOnly: TAGS, rules: { 'color-contrast': { enabled: false } } },
};
const HEIGHT = 900;

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--font-render-hinting=none'],
});

// One page for each way to be opened; the next job finds it as the last one left it, elsewhere.
const pages = new Map();

async function opened(language, scripts) {
  const key = `${language} ${scripts}`;
  if (!pages.has(key)) {
    const context = await browser.newContext({ locale: language, javaScriptEnabled: scripts });
    const page = await context.newPage();
    const opened = { page, messages: [] };
    page.on('console', (message) => opened.messages.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => opened.messages.push(`error: ${error.message}`));
    page.on('requestfailed', (request) => opened.messages.push(`failed: ${request.url()}`));
    pages.set(key, opened);
  }
  const found = pages.get(key);
  found.messages = [];
  return found;
}

async function look(page, how) {
  await page.setViewportSize({ width: how.width, height: how.height ?? HEIGHT });
  await page.emulateMedia({ colorScheme: how.dark ? 'dark' : 'light', media: how.media ?? 'screen' });
  const seen = {};
  if (how.scripts !== false) {
    seen.overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    seen.text = await page.evaluate(() => document.body.innerText);
  }
  if (how.axe) {
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
    const found = await page.evaluate((options) => window.axe.run(options), RULES[how.axe]);
    seen.violations = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`);
    seen.passes = found.passes.length;
  }
  if (how.shot) {
    seen.shot = (await page.screenshot({ fullPage: how.full ?? true, animations: 'disabled' })).toString('base64');
  }
  return seen;
}

async function looked(job) {
  const looks = [];
  for (const scripts of [true, false]) {
    const wanted = job.looks.filter((how) => (how.scripts !== false) === scripts);
    if (wanted.length === 0) continue;
    const tab = await opened(job.language ?? 'en', scripts);
    const response = await tab.page.goto(job.url, { waitUntil: 'load' });
    for (const how of wanted) {
      const { messages } = tab;
      looks.push({ ...(await look(tab.page, how)), messages, status: response.status(), headers: response.headers() });
    }
  }
  return { looks };
}

async function decoded(job) {
  const { page } = await opened('en', true);
  await page.goto(new URL('/', job.decode).href); // of the same origin, so that its pixels may be read
  await page.evaluate(jsqr);
  return {
    decoded: await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const pen = canvas.getContext('2d');
      pen.drawImage(image, 0, 0);
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
      return window.jsQR(data, canvas.width, canvas.height)?.data ?? null;
    }, job.decode),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  try {
    const answer = job.decode ? await decoded(job) : await looked(job);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  }
}
await browser.close();
