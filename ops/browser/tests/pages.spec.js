// Every page, at both widths: nothing for axe to report, nothing wider than the screen, nothing that
// the Content Security Policy had to stop, and a picture to look at.
import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const pages = [
  { name: 'front', path: '/', status: 200, heading: 'Payment runs' },
  { name: 'not-found', path: '/no-such-page', status: 404, heading: 'Page not found' }
]

for (const { name, path, status, heading } of pages) {
  test(`${name} page`, async ({ page }, info) => {
    const complaints = []
    page.on('console', (message) => {
      // The browser itself reports the status of a page that is meant to be missing.
      const ownStatus = message.text().includes(`status of ${status}`)
      if (message.type() === 'error' && !(status >= 400 && ownStatus)) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))

    const response = await page.goto(path)
    expect(response.status()).toBe(status)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading)
    await expect(page.locator('body')).toHaveClass(/js-enabled/)
    expect(complaints).toEqual([])

    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth
    )
    expect(overflow, 'pixels wider than the screen').toBeLessThanOrEqual(0)

    // Through the debugging protocol, which the page's policy does not apply to.
    await page.evaluate(axe)
    const found = await page.evaluate(() => globalThis.axe.run())
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])

    await page.screenshot({
      path: join(process.env.COUNTERFOIL_PICTURES, `${name}-${info.project.name}.png`),
      fullPage: true
    })
  })
}

test('axe would notice a fault', async ({ page }) => {
  await page.goto('/')
  await page.evaluate(() => {
    document.querySelector('main').append(document.createElement('img'))
  })
  await page.evaluate(axe)
  const found = await page.evaluate(() => globalThis.axe.run())
  expect(found.violations.map(({ id }) => id)).toContain('image-alt')
})

test('works without JavaScript', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Payment runs')
  await context.close()
})
