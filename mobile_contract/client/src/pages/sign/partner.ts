/** Whom to sign with: `id` is the doctor's or team's, or what the doctor's code says. */
export interface Partner {
  readonly way: 'doctor' | 'team' | 'code'
  readonly id: string
  readonly name: string
  readonly text: string
}
