/** The server that tests run against, and phones that use it. */
import { readFileSync } from 'node:fs'
import { WebSocket } from 'ws'
import {
  createKangban, fetchTransport, memoryStorage,
  type HttpRequest, type Kangban, type KangbanError, type KangbanOptions, type Transport,
} from '../src/index.js'
import {
  ReadingsDocument, RecordReadingDocument, SignInAsDemoDocument,
} from '../src/generated/documents.js'

interface Person {
  readonly name: string
  readonly account: string
  readonly residentId: string
}

/** An access token that has expired, and the refresh token beside it. */
interface Expired extends Person {
  readonly accessToken: string
  readonly refreshToken: string
}

interface Town {
  readonly endpoint: string
  /** With a record of their own, and nowhere signed in. */
  readonly people: readonly Person[]
  readonly expired: readonly Expired[]
  readonly picture: string
}

const town = JSON.parse(process.env['KANGBAN_TEST_TOWN'] ?? '{}') as Town
export const endpoint = town.endpoint
export const picturePath = town.picture
export const picture = (): Blob => new Blob([readFileSync(town.picture)])
const people = [...town.people]
const expired = [...town.expired]

export const takePerson = (): Person => people.shift() ?? fail('no people left')
export const takeExpired = (): Expired => expired.shift() ?? fail('none left')

function fail(why: string): never {
  throw new Error(why)
}

export type Fault = 'none' | 'flight' | 'answerLost' | 'html' | 'slow'

/** fetch, with the network's moods. `log` holds what was sent. */
export class Network {
  readonly log: HttpRequest[] = []
  mood: (request: HttpRequest) => Fault = () => 'none'
  /** What a slow answer waits for. */
  slowness: Promise<void> = Promise.resolve()

  readonly transport: Transport = {
    send: async (request) => {
      const fault = this.mood(request)
      if (fault === 'flight') throw new Error('flight mode')
      if (fault === 'html') return { status: 200, headers: {}, text: '<html>Wi-Fi 登录</html>' }
      this.log.push(request)
      const answer = await fetchTransport().send(request)
      if (fault === 'slow') await this.slowness
      if (fault === 'answerLost') throw new Error('connection reset')
      return answer
    },
  }

  /** How often an operation was sent. */
  count(operation: string): number {
    return this.log.filter(({ body }) => typeof body === 'string' && body.includes(`"${operation}"`)).length
  }
}

export interface Phone extends Kangban {
  readonly network: Network
  readonly kept: Map<string, string>
  readonly signedOut: KangbanError[]
}

/** `kept` is the storage: the same one again is the app started again. */
export function phone(
  kept: Map<string, string> = new Map(), more: Partial<KangbanOptions> = {},
): Phone {
  const network = new Network()
  const signedOut: KangbanError[] = []
  const kangban = createKangban({
    endpoint,
    transport: network.transport,
    socket: WebSocket,
    storage: memoryStorage(kept),
    locale: () => 'en',
    onSignedOut: (error) => signedOut.push(error),
    ...more,
  })
  return Object.assign(kangban, { network, kept, signedOut })
}

export interface Home {
  readonly phone: Phone
  readonly residentId: string
}

/** Somebody signed in, with a record of their own. */
export async function home(more: Partial<KangbanOptions> = {}, kept?: Map<string, string>): Promise<Home> {
  const own = phone(kept, more)
  const { name, residentId } = takePerson()
  await own.signIn(SignInAsDemoDocument, { name, device: { name: 'test', platform: 'OTHER' } })
  return { phone: own, residentId }
}

/** A phone whose access token has just expired. */
export function stale(more: Partial<KangbanOptions> = {}): Home {
  const { residentId, name: _, ...session } = takeExpired()
  const kept = new Map([['kangban.session', JSON.stringify(session)]])
  return { phone: phone(kept, more), residentId }
}

/** Variables of RecordReading: a blood pressure. */
export function pressure(residentId: string, systolic: number, at: number) {
  return {
    input: {
      residentId,
      confirmed: true,
      reading: {
        kind: 'BLOOD_PRESSURE' as const,
        at: new Date(at).toISOString(),
        values: [
          { component: 'systolic', value: systolic, unit: 'mmHg' },
          { component: 'diastolic', value: 80, unit: 'mmHg' },
        ],
      },
    },
  }
}

export const record = (own: Kangban, residentId: string, systolic: number, at = own.clock.now()) =>
  own.mutate(RecordReadingDocument, pressure(residentId, systolic, at), { offline: true })

/** The systolic values that the server has, in the order they were stored. */
export async function systolics(own: Kangban, residentId: string): Promise<number[]> {
  const { data } = await own.query(ReadingsDocument, { residentId })
  const nodes = data.resident?.readings?.edges.map(({ node }) => node) ?? []
  nodes.sort((a, b) => (a.id < b.id ? -1 : 1))
  return nodes.map(({ values }) => values[0]?.quantity.value ?? 0)
}

export async function refusal(work: Promise<unknown>): Promise<KangbanError> {
  try {
    await work
  } catch (error) {
    return error as KangbanError
  }
  throw new Error('it went well')
}
