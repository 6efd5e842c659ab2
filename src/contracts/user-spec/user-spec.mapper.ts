/** The envelope of what went well; the misspelt member is the document's. */
export function succeeded<Data extends object | null = null>(message: string, data: Data = null as Data) {
  return { status: 200, message, data, refrence: null, error: false };
}
