/** The dialler with the number in it; the person makes the call. */
export function telephone(number: string): void {
  uni.makePhoneCall({ phoneNumber: number })
}

export function call120(): void {
  telephone('120')
}
