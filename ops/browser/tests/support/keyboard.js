// The hands of somebody who has no mouse: reaches things by Tab, types, ticks with Space, and goes on with Enter.
import { expect } from '@playwright/test'

/** Tabs until a thing is reached. Fails where it cannot be. */
async function reach (page, locator) {
  const wanted = locator.first()
  await expect(wanted).toBeVisible()
  const isThere = () => wanted.evaluate((element) => element === document.activeElement)
  if (await isThere()) return wanted
  for (let tabs = 0; tabs < 300; tabs++) {
    await page.keyboard.press('Tab')
    if (await isThere()) return wanted
  }
  throw new Error(`${wanted} cannot be reached by keyboard on ${page.url()}`)
}

/** Types into a field, in the place of what is there. */
export async function type (page, label, text) {
  await reach(page, page.getByLabel(label, { exact: typeof label === 'string' }))
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}

/** Presses a button. */
export async function press (page, name) {
  await reach(page, page.getByRole('button', { name, exact: typeof name === 'string' }))
  await page.keyboard.press('Enter')
}

/** Follows a link. */
export async function follow (page, name) {
  await reach(page, page.getByRole('link', { name, exact: typeof name === 'string' }))
  await page.keyboard.press('Enter')
}

/** Ticks a box. */
export async function tick (page, name) {
  await reach(page, page.getByRole('checkbox', { name }))
  await page.keyboard.press('Space')
}

/** Chooses a radio button: one of a group is reached, and the arrows lead to the others. */
export async function choose (page, name) {
  const wanted = page.getByRole('radio', { name })
  const group = await wanted.first().getAttribute('name')
  const all = page.locator(`input[type=radio][name="${group}"]`)
  const isIn = () => page.evaluate((name) => document.activeElement?.getAttribute('name') === name, group)
  for (let tabs = 0; tabs < 300 && !(await isIn()); tabs++) await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  for (let moves = 0; moves < await all.count(); moves++) {
    if (await wanted.first().isChecked()) return
    await page.keyboard.press('ArrowDown')
  }
  await expect(wanted.first()).toBeChecked()
}
