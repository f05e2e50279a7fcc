// The test of every page: nothing for axe to report at either width, nothing wider than the screen, and nothing that the
// Content Security Policy had to stop.
import { test as base, expect } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { press, type } from './keyboard.js'
import { code, person } from './people.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const WIDTHS = [320, 1280]

/** Complaints of a page's console, apart from the browser's own words for an answer that is meant to be no 200. */
function listen (page) {
  const complaints = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return complaints
}

export const test = base.extend({
  page: async ({ page }, use) => {
    const complaints = listen(page)
    await use(page)
    expect(complaints, 'what the browser complained of').toEqual([])
  }
})

export { expect }

/** Looks the page over, as it is now. */
export async function check (page) {
  // one that has only just been gone to would lose what is asked of it
  await page.waitForLoadState()
  const before = page.viewportSize()
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width === 320 ? 640 : 800 })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(overflow, `pixels wider than the screen at ${width}: ${page.url()}`).toBeLessThanOrEqual(0)
    // Through the debugging protocol, which the page's policy does not apply to.
    await page.evaluate(axe)
    const found = await page.evaluate(() => globalThis.axe.run())
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), `${page.url()} at ${width}`).toEqual([])
  }
  if (before) await page.setViewportSize(before)
}

/** Signs somebody in by keyboard, with password and code, on the page that asks for it. */
export async function signIn (page, who, { from = '/sign-in' } = {}) {
  const { email, password, key } = typeof who === 'string' ? person(who) : who
  await page.goto(from)
  await giveCredentials(page, email, password)
  await giveCode(page, key)
  await expect(page.getByRole('button', { name: 'Sign out' }).first()).toBeVisible()
}

/** The first factor. */
export async function giveCredentials (page, email, password) {
  await type(page, 'Email address', email)
  await type(page, 'Password', password)
  await press(page, 'Sign in')
}

/** The second factor. A code that another story has used for the same person is not good again: then the next one is. */
export async function giveCode (page, key) {
  const heading = page.getByRole('heading', { level: 1 })
  for (let tries = 0; tries < 4; tries++) {
    await expect(heading).toHaveText('Enter your code')
    await type(page, 'Enter your code', await code(key))
    await page.evaluate(() => { globalThis.isBefore = true })
    await press(page, 'Continue')
    await expect.poll(() => page.evaluate(() => globalThis.isBefore ?? false).catch(() => true)).toBe(false)
    if ((await heading.innerText()).trim() !== 'Enter your code') return
  }
}

/** Signs somebody in where there is no script: what the other ways of this file ask of a page, they ask by script. */
export async function signInPlainly (page, email, { from = '/sign-in' } = {}) {
  const { password, key } = person(email)
  await page.goto(from)
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  const asks = page.getByLabel('Enter your code')
  for (let tries = 0; tries < 4 && await asks.isVisible(); tries++) {
    await asks.fill(await code(key))
    await page.getByRole('button', { name: 'Continue' }).click()
  }
}
