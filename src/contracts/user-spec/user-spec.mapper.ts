/** The envelope of successful answers; the misspelt member comes from the document. */
export function succeeded<Data extends object | null = null>(message: string, data: Data = null as Data) {
  return { status: 200, message, data, refrence: null, error: false };
}
