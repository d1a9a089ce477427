// KafkaJS: produce BOOTSTRAP | consume BOOTSTRAP TOPIC:COUNT ...
// By itself it has no other compression than gzip.
const { createRequire } = require('node:module')
const path = require('node:path')
const readline = require('node:readline')
const packages = createRequire(path.join(process.env.CHRONIK_COMPAT_PACKAGES, 'package.json'))
const { Kafka, CompressionTypes, logLevel } = packages('kafkajs')

// A consumer that gets nothing for so long ends: what is missing is told by whoever started it.
const IDLE_MS = 8000

const decode = text => (text === null ? null : Buffer.from(text, 'base64'))
const encode = data => (data === null || data === undefined ? null : Buffer.from(data).toString('base64'))
const codecs = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP }

async function produce(kafka) {
  const producer = kafka.producer()
  await producer.connect()
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const record = JSON.parse(line)
    const headers = {}
    for (const [name, value] of record.headers) headers[name] = [...(headers[name] ?? []), decode(value)]
    await producer.send({
      topic: record.topic,
      acks: -1,
      compression: codecs[record.compression],
      messages: [{ partition: 0, key: decode(record.key), value: decode(record.value), headers, timestamp: record.timestamp === null ? undefined : String(record.timestamp) }]
    })
  }
  await producer.disconnect()
}

async function consume(kafka, wanted) {
  const consumer = kafka.consumer({ groupId: `kafkajs-${process.pid}-${Date.now()}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [...wanted.keys()], fromBeginning: true })
  let left = [...wanted.values()].reduce((sum, count) => sum + count, 0)
  await new Promise((resolve, reject) => {
    let idle = setTimeout(resolve, 2 * IDLE_MS)
    consumer.on(consumer.events.CRASH, event => reject(event.payload.error))
    consumer.run({
      eachMessage: async ({ topic, message }) => {
        const headers = Object.entries(message.headers ?? {}).flatMap(([name, values]) =>
          (Array.isArray(values) ? values : [values]).map(value => [name, encode(value)]))
        const record = { topic, key: encode(message.key), value: encode(message.value), headers, timestamp: Number(message.timestamp) }
        clearTimeout(idle)
        idle = setTimeout(resolve, IDLE_MS)
        process.stdout.write(JSON.stringify(record) + '\n')
        if (--left === 0) resolve()
      }
    }).catch(reject)
  })
  await consumer.disconnect()
}

const [mode, bootstrap, ...topics] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'compat', brokers: [bootstrap], logLevel: logLevel.ERROR })
const wanted = new Map(topics.map(topic => [topic.split(':')[0], Number(topic.split(':')[1])]))
const run = mode === 'produce' ? produce(kafka) : consume(kafka, wanted)
run.then(() => process.stdout.write('', () => process.exit(0)), error => { console.error(error); process.exit(1) })
