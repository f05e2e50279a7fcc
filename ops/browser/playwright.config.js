// How the pages are opened: the machine's own Chromium. Every page has to fit two widths, at which `check` looks it over.
import { defineConfig } from '@playwright/test'
import { join } from 'node:path'

const { CHROMIUM, COUNTERFOIL_DEMO, COUNTERFOIL_PICTURES, COUNTERFOIL_URL } = process.env
if (!CHROMIUM || !COUNTERFOIL_DEMO || !COUNTERFOIL_PICTURES || !COUNTERFOIL_URL) {
  throw new Error('Start the browser tests with ops/browser/run')
}

export default defineConfig({
  testDir: 'tests',
  outputDir: join(COUNTERFOIL_PICTURES, 'failures'),
  reporter: 'list',
  forbidOnly: true,
  workers: 2,
  // a code of somebody's is good once, so that a story may have to wait half a minute for the next
  timeout: 180_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: COUNTERFOIL_URL,
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  },
  projects: [
    { name: 'stories', testIgnore: ['guessing.spec.js', 'mixed.spec.js'] },
    // these end connections under the others, and empty the Redis that all sessions are in
    { name: 'mixed', testMatch: 'mixed.spec.js', dependencies: ['stories'] },
    { name: 'guessing', testMatch: 'guessing.spec.js', dependencies: ['mixed'] }
  ]
})
