// Who may do what, from the first operator to the last member of a provider's staff. All of it by keyboard.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { check, expect, giveCode, giveCredentials, signIn, signInPlainly, test } from './support/test.js'
import { choose, follow, press, tick, type } from './support/keyboard.js'
import { letter, linkIn } from './support/mail.js'
import { code, person } from './support/people.js'

const heading = (page) => page.getByRole('heading', { level: 1 })
const PASSWORD = 'Gravel lantern 58 otter'

/** From an invitation to the home page: a password, an app, recovery codes. */
async function enter (page, link, { look = false } = {}) {
  await page.goto(link)
  await expect(heading(page)).toHaveText('Welcome to Counterfoil')
  if (look) await check(page)
  await type(page, 'New password', PASSWORD)
  await press(page, 'Continue')
  await expect(heading(page)).toHaveText('Set up a second factor')
  await press(page, 'Set up an app')
  await expect(heading(page)).toHaveText('Set up an app')
  const key = await page.locator('.counterfoil-key').innerText()
  await type(page, 'Enter the code that the app shows', await code(key))
  await press(page, 'Continue')
  await expect(heading(page)).toHaveText('Keep your recovery codes')
  await press(page, 'I have kept them')
  await expect(heading(page)).toHaveText('What is waiting for you')
  return key
}

/** Somebody else, at a browser of their own. */
async function elsewhere (browser, use) {
  const context = await browser.newContext()
  try {
    return await use(await context.newPage())
  } finally {
    await context.close()
  }
}

test('an operator takes a council on, and its first administrator comes in', async ({ page, browser }) => {
  await signIn(page, 'operator@counterfoil.example')
  await check(page)
  await follow(page, 'Councils, usage and health')
  await expect(heading(page)).toHaveText('Councils')
  await check(page)
  await press(page, 'Add a council')
  await check(page)
  await press(page, 'Add the council')
  await expect(page).toHaveTitle(/^Error: /)
  await check(page)
  const slug = `newtown-${Date.now() % 1_000_000}`
  const email = `first@${slug}.example`
  await type(page, 'Name', 'Newtown Borough Council')
  await type(page, 'Short name for addresses', slug)
  await choose(page, 'Wales')
  await type(page, 'Colour', '#6a1b4d')
  await type(page, 'First administrator’s name', 'Nia Rees')
  await type(page, 'First administrator’s email address', email)
  await press(page, 'Add the council')
  await expect(page.getByText('Newtown Borough Council').first()).toBeVisible()
  await check(page)
  await page.goto('/operator/health')
  await check(page)
  await page.goto('/operator/audit')
  await check(page)

  await elsewhere(browser, async (page) => {
    await enter(page, linkIn(await letter(email, /Newtown/)), { look: true })
    await page.goto(`/councils/${slug}`)
    await expect(heading(page)).toContainText('Newtown Borough Council')
    await check(page)
    // suspended, it is gone at once
    const left = page.waitForURL(/\/\?changed=access/, { timeout: 30_000 })
    await elsewhere(browser, async (page) => {
      await signIn(page, 'operator@counterfoil.example')
      await page.goto(`/operator/councils/${slug}`)
      await type(page, 'Reason', 'The contract ended')
      await press(page, 'Suspend this council')
      await expect(page.getByText('Suspended since')).toBeVisible()
      await check(page)
    })
    await left
  })
})

test('a member of staff is invited, comes in, and is thrown out of an open page when removed', async ({ page, browser }) => {
  const email = `joan.${Date.now()}@bradford.example`
  await signIn(page, 'systems@bradford.example', { from: '/councils/bradford/staff' })
  await expect(heading(page)).toHaveText('Staff')
  await check(page)
  await press(page, 'Invite somebody')
  await check(page)
  await type(page, 'Full name', 'Joan Ackroyd')
  await type(page, 'Work email address', email)
  await press(page, 'Send the invitation')
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByLabel('Full name')).toHaveValue('Joan Ackroyd')
  await check(page)
  await tick(page, 'Finance officer')
  await press(page, 'Send the invitation')
  await expect(page.getByText(email)).toBeVisible()
  await elsewhere(browser, async (hers) => {
    await enter(hers, linkIn(await letter(email, /Bradford/)))
    await hers.goto('/councils/bradford/runs')
    await expect(heading(hers)).toBeVisible()
    await page.goto('/councils/bradford/staff')
    await follow(page, 'Joan Ackroyd')
    await check(page)
    await follow(page, /Remove/)
    await check(page)
    const left = hers.waitForURL(/\/\?changed=access/, { timeout: 10_000 })
    const from = Date.now()
    await press(page, 'Remove from the staff')
    await left
    expect(Date.now() - from, 'milliseconds until the open page was left').toBeLessThan(2_000)
    await expect(hers.getByText('What you may do has changed')).toBeVisible()
    await check(hers)
  })
})

test('a provider is invited by two councils, and its administrator brings in a colleague with a passkey', async ({ page, browser }) => {
  const stamp = Date.now()
  const email = `owner.${stamp}@lantern-care.example`
  const organisation = `Lantern Care ${stamp}`
  await signIn(page, 'assurance@bradford.example', { from: '/councils/bradford/providers' })
  await check(page)
  await press(page, 'Invite a provider')
  await check(page)
  await type(page, 'Name of the organisation', organisation)
  await type(page, 'Email address of the person to invite', email)
  await type(page, 'Name of the person to invite', 'Ola Lantern')
  await press(page, 'Send the invitation')
  await expect(page.getByText(email)).toBeVisible()
  await elsewhere(browser, async (page) => {
    await signIn(page, 'assurance@fenmere.example', { from: '/councils/fenmere/providers/invite' })
    await type(page, 'Name of the organisation', organisation)
    await type(page, 'Email address of the person to invite', email)
    await type(page, 'Name of the person to invite', 'Ola Lantern')
    await press(page, 'Send the invitation')
    await expect(page.getByText(email)).toBeVisible()
  })
  const colleague = `colleague.${stamp}@lantern-care.example`
  await elsewhere(browser, async (page) => {
    // the second invitation brings the link that is good now
    await enter(page, linkIn(await letter(email, /Fenmere/)))
    await check(page)
    await page.getByRole('link', { name: /Bradford/ }).first().focus()
    await page.keyboard.press('Enter')
    await expect(heading(page)).toContainText('would like to work with you')
    await check(page)
    await choose(page, 'Another one, which is new here')
    await type(page, 'Name of the new organisation', organisation)
    await press(page, 'Accept')
    await expect(heading(page)).toHaveText(organisation)
    await page.goto('/')
    await page.getByRole('link', { name: /Fenmere/ }).first().focus()
    await page.keyboard.press('Enter')
    await choose(page, organisation)
    await press(page, 'Accept')
    await expect(heading(page)).toHaveText(organisation)
    await page.goto('/')
    await expect(page.getByRole('link', { name: organisation, exact: true })).toHaveCount(1)
    await follow(page, organisation)
    await check(page)
    await expect(page.getByText('Fenmere County Council').first()).toBeVisible()
    await page.goto(page.url() + '/people')
    await check(page)
    await press(page, 'Invite somebody')
    await check(page)
    await type(page, 'Full name', 'Colin League')
    await type(page, 'Email address', colleague)
    await choose(page, /^Staff/)
    await choose(page, /^All/)
    await press(page, 'Invite')
    await expect(page.getByText(colleague)).toBeVisible()
  })
  await elsewhere(browser, async (page) => {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
        automaticPresenceSimulation: true
      }
    })
    await page.goto(linkIn(await letter(colleague, /Lantern/)))
    await type(page, 'New password', PASSWORD)
    await press(page, 'Continue')
    await type(page, 'What to call it', 'Telephone')
    await press(page, 'Set up a passkey')
    await expect(heading(page)).toHaveText('Keep your recovery codes')
    await press(page, 'I have kept them')
    await expect(heading(page)).toHaveText('What is waiting for you')
    await expect(page.getByRole('link', { name: organisation, exact: true })).toBeVisible()
  })
})

test('a person of two organisations and three councils sees all of it, and a tab of one never files to another', async ({ page }) => {
  await signIn(page, 'payments@care-books.example')
  await expect(heading(page)).toHaveText('What is waiting for you')
  await check(page)
  const home = await page.locator('main').innerText()
  const councils = ['City of Bradford', 'South Tyneside', 'Worcestershire'].filter((name) => home.includes(name))
  expect(councils.length, home).toBeGreaterThanOrEqual(3)
  for (const organisation of ['Juniper Care', 'Pennyroyal Care']) {
    await expect(page.getByRole('link', { name: organisation, exact: true })).toBeVisible()
  }
  await page.screenshot({ path: `${process.env.COUNTERFOIL_PICTURES}/home-1280.png` })
  // the deadlines are in order
  const links = await page.locator('.govuk-task-list__link').evaluateAll((all) => all.map((link) => link.href))
  expect(links.length).toBeGreaterThan(1)
  await page.goto(links[0])
  await expect(heading(page)).toBeVisible()
  await check(page)
  // a form of one council is no good at another, even in the same session
  await signInAgainstAnother(page)
})

/** Takes the token of one organisation's form to another's address. */
async function signInAgainstAnother (page) {
  const token = await page.locator('input[name=csrf]').first().getAttribute('value').catch(() => null)
  const answer = await page.request.post('/organisations/org_ffffffffffffffffffffffffffffffff/people/invite', {
    form: { csrf: token ?? '' }, maxRedirects: 0
  })
  expect(answer.status()).toBe(404)
}

test('a council’s staff sign in through its own identity provider', async ({ page, browser }) => {
  const people = [
    { sub: 'st-1', email: 'Finance@south-tyneside.example', name: 'South Tyneside finance', email_verified: true },
    { sub: 'b-1', email: 'finance@bradford.example', name: 'Bradford finance', email_verified: true }
  ]
  const provider = spawn('node', ['identity-provider.mjs'], {
    env: { ...process.env, IDENTITY_PROVIDER_PEOPLE: JSON.stringify(people) }, stdio: ['pipe', 'pipe', 'inherit']
  })
  try {
    const first = await new Promise((resolve) => createInterface({ input: provider.stdout }).once('line', resolve))
    const { issuer, client_id: clientId, client_secret: secret } = JSON.parse(first)
    await signIn(page, 'assurance@south-tyneside.example', { from: '/councils/south-tyneside/settings' })
    for (const path of ['', '/brand', '/sign-in']) {
      await page.goto(`/councils/south-tyneside/settings${path}`)
      await check(page)
    }
    await type(page, 'Issuer', issuer)
    await type(page, 'Client ID', clientId)
    await type(page, /secret/i, secret)
    await type(page, 'Domains of email addresses', 'south-tyneside.example')
    await tick(page, 'Let staff sign in this way')
    await press(page, 'Save single sign-on')
    await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible()
    await check(page)

    await elsewhere(browser, async (page) => {
      await page.goto('/sign-in')
      await follow(page, 'Sign in with your council’s own account')
      await check(page)
      await follow(page, /South Tyneside/)
      // somebody of another domain, for whom this provider may not speak
      await press(page, 'Sign in as Bradford finance')
      await expect(page.getByText('There is a problem')).toBeVisible()
      await check(page)
      await follow(page, /South Tyneside/)
      await press(page, 'Sign in as South Tyneside finance')
      await expect(heading(page)).toHaveText('What is waiting for you')
      await page.goto('/councils/south-tyneside/runs')
      await expect(heading(page)).toHaveText('Payment runs')
    })
  } finally {
    provider.kill()
  }
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a colleague is invited, an error loses nothing, and a council changes how it shows itself', async ({ page, browser }) => {
    await signInPlainly(page, 'administrator@quillfield-homes.example')
    await page.getByRole('link', { name: 'Quillfield Homes' }).first().click()
    await page.getByRole('link', { name: 'People', exact: true }).click()
    await page.getByRole('button', { name: 'Invite somebody' }).click()
    await page.getByLabel('Full name').fill('Ines Marlow')
    await page.getByLabel('Email address').fill('not an address')
    await page.getByLabel('Staff', { exact: true }).check()
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await expect(page.getByRole('alert')).toContainText('Select which contracts they see')
    await expect(page.getByLabel('Staff', { exact: true })).toBeChecked()
    await page.getByLabel('All contracts').check()
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await expect(page.getByRole('alert')).toContainText('Enter an email address')
    await expect(page.getByLabel('Full name')).toHaveValue('Ines Marlow')
    const email = `ines-${Date.now()}@quillfield-homes.example`
    await page.getByLabel('Email address').fill(email)
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await expect(page.getByText(email).first()).toBeVisible()

    const context = await browser.newContext({ javaScriptEnabled: false })
    const other = await context.newPage()
    await signInPlainly(other, 'systems@south-tyneside.example')
    await other.goto('/councils/south-tyneside/settings/brand')
    await other.getByLabel('Colour').fill('#123')
    await other.getByRole('button', { name: 'Save' }).click()
    await expect(other.getByRole('alert')).toBeVisible()
    await expect(other.getByLabel('Colour')).toHaveValue('#123')
    await other.getByLabel('Colour').fill('#14532d')
    await other.getByRole('button', { name: 'Save' }).click()
    await expect(other.getByText('Success')).toBeVisible()
    await context.close()
  })
})

test('from an earlier council to a later one, the session has a new token', async ({ page }) => {
  const { email, password, key } = person('commissioning@bradford.example')
  await page.goto('/councils/bradford')
  await giveCredentials(page, email, password)
  const half = await page.context().cookies()
  await giveCode(page, key)
  const whole = await page.context().cookies()
  const token = (cookies) => cookies.find(({ name }) => name === 'counterfoil').value
  expect(token(whole)).not.toBe(token(half))
  await expect(page.locator('main')).not.toContainText('£')
  await page.goto('/councils/bradford/runs')
  await expect(heading(page)).toHaveText('You cannot use this page')
})
