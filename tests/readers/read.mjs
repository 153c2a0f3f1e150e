// Prints what feedsmith reads in the RSS feed named as the only argument, as JSON.
import { readFileSync } from 'node:fs'
import { parseRssFeed } from 'feedsmith'

process.stdout.write(JSON.stringify(parseRssFeed(readFileSync(process.argv[2], 'utf8'))))
