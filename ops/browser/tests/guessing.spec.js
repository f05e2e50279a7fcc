// Somebody guesses at a login from fifty addresses (`ops/soak`: five thousand times). Nobody gets in, its owner is not locked out, others are not slowed, and
// an empty Redis lifts nothing.
import { execFileSync } from 'node:child_process'
import { expect, giveCode, giveCredentials, signIn, test } from './support/test.js'
import { press } from './support/keyboard.js'
import { attempt, guess, median, visitor } from './support/guess.js'
import { letter, linkIn } from './support/mail.js'
import { person } from './support/people.js'

const { REDIS_URL } = process.env

const TRIES = Number(process.env.COUNTERFOIL_GUESSES ?? 300)

/** Empties the Redis that the service uses. */
const flush = () => execFileSync('redis-cli', ['-s', REDIS_URL.replace(/^redis\+unix:\/\//, ''), 'FLUSHALL'])

test('guesses from fifty addresses', async ({ page, browser, baseURL }) => {
  test.setTimeout(180_000 + TRIES * 100)
  const { email, password, key } = person('staff@granary-homes.example')
  const home = page
  // a browser in which its owner has signed in before
  await signIn(home, email)
  await press(home, 'Sign out')

  const outcomes = await guess(baseURL, email, { tries: TRIES, addresses: 50 })
  console.log(`${TRIES} guesses from 50 addresses: ${JSON.stringify(outcomes)}`)
  expect(outcomes.in).toBe(0)
  expect(outcomes.refused, 'guesses that were not even compared').toBeGreaterThan(TRIES - 20)

  // an empty Redis lifts no limit
  if (REDIS_URL) flush()
  const stranger = await visitor(baseURL, '127.0.9.200')
  expect((await attempt(baseURL, stranger, email, password)).status, 'even the right password, from a stranger').toBe(429)

  // the owner is not locked out where they are known
  await home.goto('/sign-in')
  await giveCredentials(home, email, password)
  await giveCode(home, key)
  await expect(home.getByRole('heading', { level: 1 })).toHaveText('What is waiting for you')

  // nor where they are not: their mailbox opens the way
  const context = await browser.newContext()
  const elsewhere = await context.newPage()
  await elsewhere.goto('/sign-in')
  await giveCredentials(elsewhere, email, password)
  await expect(elsewhere.getByText('Somebody may be guessing at your password')).toBeVisible()
  await press(elsewhere, 'Email me a link')
  await expect(elsewhere.getByRole('heading', { level: 1 })).toHaveText('Check your email')
  await elsewhere.goto(linkIn(await letter(email, /too many attempts/)))
  await press(elsewhere, 'Continue')
  await giveCredentials(elsewhere, email, password)
  await giveCode(elsewhere, key)
  await expect(elsewhere.getByRole('heading', { level: 1 })).toHaveText('What is waiting for you')
  await context.close()

  // and for others nothing has changed: wrong and right answers are given as ever
  const other = await visitor(baseURL, '127.0.9.201')
  const times = []
  for (let number = 0; number < 10; number++) {
    const answer = await attempt(baseURL, other, `nobody.${number}@nowhere.example`, 'not a password')
    expect(answer.status).toBe(200)
    times.push(answer.milliseconds)
  }
  console.log(`a try of somebody else afterwards: median ${median(times).toFixed(0)} ms`)
})
