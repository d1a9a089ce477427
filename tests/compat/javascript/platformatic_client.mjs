// @platformatic/kafka: produce BOOTSTRAP | consume BOOTSTRAP TOPIC:COUNT ...
import { createRequire } from 'node:module'
import path from 'node:path'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'

const packages = createRequire(path.join(process.env.CHRONIK_COMPAT_PACKAGES, 'package.json'))
const { Consumer, Producer, MessagesStreamModes } = await import(pathToFileURL(packages.resolve('@platformatic/kafka')))

// A consumer that gets nothing for so long ends: what is missing is told by whoever started it.
const IDLE_MS = 8000

const decode = text => (text === null ? undefined : Buffer.from(text, 'base64'))
const encode = data => (data === null || data === undefined ? null : Buffer.from(data).toString('base64'))

async function produce(bootstrap) {
  const producer = new Producer({ clientId: 'compat', bootstrapBrokers: [bootstrap] })
  const groups = new Map()
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const record = JSON.parse(line)
    const group = groups.get(record.compression) ?? []
    group.push({
      topic: record.topic,
      partition: 0,
      key: decode(record.key),
      value: decode(record.value),
      headers: new Map(record.headers.map(([name, value]) => [Buffer.from(name), decode(value)])),
      timestamp: record.timestamp === null ? undefined : BigInt(record.timestamp)
    })
    groups.set(record.compression, group)
  }
  for (const [compression, messages] of groups) await producer.send({ messages, compression, acks: -1 })
  await producer.close()
}

async function consume(bootstrap, wanted) {
  const consumer = new Consumer({ clientId: 'compat', groupId: `platformatic-${process.pid}-${Date.now()}`, bootstrapBrokers: [bootstrap] })
  const stream = await consumer.consume({ topics: [...wanted.keys()], mode: MessagesStreamModes.EARLIEST, autocommit: false, sessionTimeout: 10000, heartbeatInterval: 500, maxWaitTime: 200 })
  let left = [...wanted.values()].reduce((sum, count) => sum + count, 0)
  await new Promise((resolve, reject) => {
    let idle = setTimeout(resolve, 2 * IDLE_MS)
    stream.on('error', reject)
    stream.on('data', message => {
      const headers = [...message.headers].map(([name, value]) => [name.toString(), encode(value)])
      const record = { topic: message.topic, key: encode(message.key), value: encode(message.value), headers, timestamp: Number(message.timestamp) }
      clearTimeout(idle)
      idle = setTimeout(resolve, IDLE_MS)
      process.stdout.write(JSON.stringify(record) + '\n')
      if (--left === 0) resolve()
    })
  })
}

const [mode, bootstrap, ...topics] = process.argv.slice(2)
const wanted = new Map(topics.map(topic => [topic.split(':')[0], Number(topic.split(':')[1])]))
try {
  await (mode === 'produce' ? produce(bootstrap) : consume(bootstrap, wanted))
  process.stdout.write('', () => process.exit(0))
} catch (error) {
  console.error(error)
  process.exit(1)
}
