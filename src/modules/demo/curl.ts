/** A line to paste that files one new parcel of the small seller with the key of her shop system. */
export const curlLine = (origin: string, key: string): string =>
  `curl -s ${origin}/demo/parcel.json | curl -s ${origin}/v1/consignments -H 'Content-Type: application/json' -H 'Authorization: Bearer ${key}' --data-binary @-`;
