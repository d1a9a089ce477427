import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's own Java client: produce BOOTSTRAP | consume BOOTSTRAP TOPIC:COUNT ... */
public final class JavaClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A consumer that gets nothing for so long ends: what is missing is told by whoever started it. */
    private static final Duration IDLE = Duration.ofSeconds(8);

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("produce")) {
            produce(arguments[1]);
        } else {
            consume(arguments);
        }
    }

    private static void produce(String bootstrap) throws Exception {
        Map<String, List<ProducerRecord<byte[], byte[]>>> groups = new LinkedHashMap<>();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            JsonNode record = JSON.readTree(line);
            List<Header> headers = new ArrayList<>();
            for (JsonNode header : record.get("headers")) {
                headers.add(new RecordHeader(header.get(0).asText(), decode(header.get(1))));
            }
            Long timestamp = record.get("timestamp").isNull() ? null : record.get("timestamp").asLong();
            groups.computeIfAbsent(record.get("compression").asText(), name -> new ArrayList<>()).add(new ProducerRecord<>(
                record.get("topic").asText(), 0, timestamp, decode(record.get("key")), decode(record.get("value")), headers));
        }
        for (Map.Entry<String, List<ProducerRecord<byte[], byte[]>>> group : groups.entrySet()) {
            Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 50, "compression.type", group.getKey(), "max.request.size", 2_000_000);
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                List<Future<?>> sent = new ArrayList<>();
                for (ProducerRecord<byte[], byte[]> record : group.getValue()) {
                    sent.add(producer.send(record));
                }
                producer.flush();
                for (Future<?> future : sent) {
                    future.get();
                }
            }
        }
    }

    private static void consume(String[] arguments) throws Exception {
        List<TopicPartition> partitions = new ArrayList<>();
        long left = 0;
        for (int i = 2; i < arguments.length; i++) {
            String[] topic = arguments[i].split(":");
            partitions.add(new TopicPartition(topic[0], 0));
            left += Long.parseLong(topic[1]);
        }
        PrintStream output = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        Map<String, Object> settings = Map.of("bootstrap.servers", arguments[1], "enable.auto.commit", false, "check.crcs", true);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (left > 0) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(IDLE);
                if (polled.isEmpty()) {
                    break;
                }
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    output.println(line(record));
                    left--;
                }
            }
        }
        output.flush();
    }

    private static String line(ConsumerRecord<byte[], byte[]> record) throws Exception {
        ObjectNode line = JSON.createObjectNode();
        line.put("topic", record.topic()).put("key", encode(record.key())).put("value", encode(record.value())).put("timestamp", record.timestamp());
        ArrayNode headers = line.putArray("headers");
        for (Header header : record.headers()) {
            headers.addArray().add(header.key()).add(encode(header.value()));
        }
        return JSON.writeValueAsString(line);
    }

    private static byte[] decode(JsonNode text) {
        return text.isNull() ? null : Base64.getDecoder().decode(text.asText());
    }

    private static String encode(byte[] data) {
        return data == null ? null : Base64.getEncoder().encodeToString(data);
    }
}
