// How the pages are opened: the machine's own Chromium, at the two widths that every page has to fit.
import { defineConfig } from '@playwright/test'
import { join } from 'node:path'

const { CHROMIUM, COUNTERFOIL_PICTURES, COUNTERFOIL_URL } = process.env
if (!CHROMIUM || !COUNTERFOIL_PICTURES || !COUNTERFOIL_URL) {
  throw new Error('Start the browser tests with ops/browser/run')
}

export default defineConfig({
  testDir: 'tests',
  outputDir: join(COUNTERFOIL_PICTURES, 'failures'),
  reporter: 'list',
  forbidOnly: true,
  workers: 2,
  use: {
    baseURL: COUNTERFOIL_URL,
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
    { name: 'narrow', use: { viewport: { width: 320, height: 640 } } },
    { name: 'wide', use: { viewport: { width: 1280, height: 800 } } }
  ]
})
