import type { Calls } from './calls.js'
import { KangbanError, localError } from './errors.js'
import { base64, fingerprint, type Source } from './files.js'
import type { Session } from './session.js'
import { Shelf, type Storage } from './storage.js'
import type { HttpRequest } from './transport.js'

export interface UploadOptions {
  /** Add the pages to this report. */
  readonly report?: string
  readonly onProgress?: (sent: number, size: number) => void
  readonly pieceBytes?: number
  /** Looked at between pieces. An AbortSignal is one; mini-programs have none. */
  readonly signal?: { readonly aborted: boolean }
}

export interface Uploaded {
  readonly report: string
  /** The same file was there already; `report` is that one. */
  readonly known: boolean
  /** Reports with a page that looks the same. */
  readonly resembles: readonly string[]
}

/** Begun and not finished, as far as this phone knows. */
export interface PendingUpload {
  readonly id: string
  readonly account: string
  readonly residentId: string
  readonly name: string
  readonly size: number
  readonly fingerprint: string
  readonly report: string | null
  readonly beganAt: number
}

export interface PendingUploads {
  list(): Promise<readonly PendingUpload[]>
  abandon(id: string): Promise<void>
}

const PIECE_BYTES = 256 * 1024
const TUS = { 'tus-resumable': '1.0.0' }
const GONE: readonly string[] = ['UPLOAD_NOT_FOUND', 'RESIDENT_UNKNOWN']
const RACES = 3 // two phones or tabs with one upload: whoever is behind asks for the offset

interface State {
  readonly offset: number
  readonly length: number
  readonly report: string | null
  readonly known?: boolean
  readonly resembles?: readonly string[]
}

export class Uploads implements PendingUploads {
  private readonly shelf: Shelf<readonly PendingUpload[]>

  constructor(
    storage: Storage,
    private readonly endpoint: string,
    private readonly calls: Calls,
    private readonly session: Session,
    private readonly now: () => number,
    private readonly locale: () => string,
  ) {
    this.shelf = new Shelf<readonly PendingUpload[]>(storage, 'kangban.uploads', [])
  }

  async list(): Promise<readonly PendingUpload[]> {
    const account = (await this.session.current())?.account
    return (await this.shelf.read()).filter((each) => each.account === account)
  }

  async abandon(id: string): Promise<void> {
    const pending = (await this.shelf.read()).find((each) => each.id === id)
    if (pending === undefined) return
    try {
      await this.http({ method: 'DELETE', url: this.url(pending), headers: TUS })
    } catch (error) {
      if (!isGone(error)) throw error
    }
    await this.forget(id)
  }

  /** Goes on where it stopped when the same file is brought again. */
  async upload(residentId: string, file: Source, options: UploadOptions = {}): Promise<Uploaded> {
    const mark = await fingerprint(file)
    const begun = (await this.list()).find(
      (each) =>
        each.residentId === residentId &&
        each.fingerprint === mark &&
        each.report === (options.report ?? null),
    )
    const state = begun === undefined ? null : await this.state(begun)
    if (begun !== undefined && state !== null) return this.goOn(begun, state, file, options)
    return this.goOn(
      await this.begin(residentId, file, mark, options), { offset: 0, length: file.size, report: null },
      file, options,
    )
  }

  private async begin(
    residentId: string, file: Source, mark: string, { report }: UploadOptions,
  ): Promise<PendingUpload> {
    const into = report === undefined ? '' : `,report ${base64(report)}`
    const answer = await this.http({
      method: 'POST',
      url: `${this.endpoint}/uploads/${residentId}`,
      headers: {
        ...TUS,
        'upload-length': String(file.size),
        'upload-metadata': `filename ${base64(file.name)}${into}`,
      },
    })
    const id = answer.headers['location']?.split('/').pop()
    const account = (await this.session.current())?.account
    if (!id || account === undefined) throw localError('ANSWER_UNREADABLE', this.locale())
    const pending: PendingUpload = {
      id, account, residentId, name: file.name, size: file.size, fingerprint: mark,
      report: report ?? null, beganAt: this.now(),
    }
    await this.shelf.change((all) => [...all, pending])
    return pending
  }

  private async goOn(
    pending: PendingUpload, from: State, file: Source, options: UploadOptions,
  ): Promise<Uploaded> {
    let state = from
    let races = 0
    while (state.report === null && state.offset < file.size) {
      options.onProgress?.(state.offset, file.size)
      if (options.signal?.aborted) throw localError('UPLOAD_STOPPED', this.locale())
      try {
        state = await this.piece(pending, state.offset, file, options)
      } catch (error) {
        const behind = error instanceof KangbanError && error.code === 'UPLOAD_OFFSET_WRONG'
        if (!behind || ++races > RACES) throw await this.final(pending, error)
        state = (await this.state(pending)) ?? state
      }
    }
    options.onProgress?.(file.size, file.size)
    return this.finished(pending)
  }

  private async piece(
    pending: PendingUpload, offset: number, file: Source, options: UploadOptions,
  ): Promise<State> {
    const end = Math.min(file.size, offset + (options.pieceBytes ?? PIECE_BYTES))
    await this.http({
      method: 'PATCH',
      url: this.url(pending),
      headers: {
        ...TUS,
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      },
      body: await file.read(offset, end),
    })
    return { offset: end, length: file.size, report: null }
  }

  private async finished(pending: PendingUpload): Promise<Uploaded> {
    const state = await this.state(pending)
    if (state === null || state.report === null) {
      throw localError('ANSWER_UNREADABLE', this.locale())
    }
    await this.forget(pending.id)
    return { report: state.report, known: state.known ?? false, resembles: state.resembles ?? [] }
  }

  /** What the server has of it; null where it forgot it, and then so does the phone. */
  private async state(pending: PendingUpload): Promise<State | null> {
    try {
      const answer = await this.http({ method: 'GET', url: this.url(pending), headers: TUS })
      return JSON.parse(answer.text) as State
    } catch (error) {
      if (isGone(await this.final(pending, error))) return null
      throw error
    }
  }

  /** A file that was refused for what it is is not begun again by itself. */
  private async final(pending: PendingUpload, error: unknown): Promise<unknown> {
    if (error instanceof KangbanError && error.kind === 'refused') await this.forget(pending.id)
    return error
  }

  private http(request: HttpRequest): ReturnType<Calls['http']> {
    return this.calls.http(this.session, request)
  }

  private url({ residentId, id }: PendingUpload): string {
    return `${this.endpoint}/uploads/${residentId}/${id}`
  }

  private async forget(id: string): Promise<void> {
    await this.shelf.change((all) => all.filter((each) => each.id !== id))
  }
}

function isGone(error: unknown): boolean {
  return error instanceof KangbanError && GONE.includes(error.code)
}
