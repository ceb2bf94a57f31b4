/** The code alone: invitations and offers are addresses that have it after their `#`. */
export function codeIn(text: string): string {
  return text.slice(text.lastIndexOf('#') + 1).trim()
}
