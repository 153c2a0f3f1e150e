// Prints what podcast-partytime reads in the feed named as the only argument, as JSON; every phase of the namespace.
import { readFileSync } from 'node:fs'
import partytime from 'podcast-partytime'

const found = partytime.parseFeed(readFileSync(process.argv[2], 'utf8'), { allowMissingGuid: false })
process.stdout.write(JSON.stringify(found))
