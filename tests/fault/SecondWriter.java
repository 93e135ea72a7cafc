import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/**
 * SecondWriter BROKERS TOPIC: somebody else who changes overrides of the topic, in Kafka's own client: one at a time, at random moments, each to
 * a value it never had before. A line on stdin, "KEY=VALUE ...", names overrides that others have set; the answer is "kept after N writes", or
 * "lost KEY=VALUE(FOUND) ... after N writes" with each override, theirs or its own, that does not show. It does not write while it looks.
 */
public class SecondWriter {
  private static final List<String> KEYS =
      List.of("flush.ms", "flush.messages", "segment.ms", "delete.retention.ms", "file.delete.delay.ms", "index.interval.bytes");

  private final Admin admin;
  private final ConfigResource topic;
  private final Map<String, String> own = new TreeMap<>();
  private int writes = 0;

  private SecondWriter(Admin admin, String topic) {
    this.admin = admin;
    this.topic = new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private synchronized void write() throws Exception {
    String key = KEYS.get(ThreadLocalRandom.current().nextInt(KEYS.size()));
    String value = String.valueOf(3_600_000 + ++writes);
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
    own.put(key, value);
  }

  private String missing(String others) throws Exception {
    Map<String, String> wanted = new TreeMap<>(own);
    for (String pair : others.split(" ")) wanted.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    var found = admin.describeConfigs(List.of(topic)).all().get().get(topic);
    StringBuilder missing = new StringBuilder();
    wanted.forEach((key, value) -> {
      ConfigEntry entry = found.get(key);
      if (entry.source() != ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG || !entry.value().equals(value))
        missing.append(" ").append(key).append("=").append(value).append("(").append(entry.value()).append(")");
    });
    return missing.toString();
  }

  /** A broker learns of a change a little after the controller has confirmed it. */
  private synchronized String look(String others) throws Exception {
    String missing = missing(others);
    for (long end = System.nanoTime() + 3_000_000_000L; !missing.isEmpty() && System.nanoTime() < end; missing = missing(others))
      Thread.sleep(10);
    return (missing.isEmpty() ? "kept" : "lost" + missing) + " after " + writes + " writes";
  }

  private void keepWriting() {
    try {
      for (;;) {
        write();
        Thread.sleep(ThreadLocalRandom.current().nextInt(10));
      }
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  public static void main(String[] arguments) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
      SecondWriter writer = new SecondWriter(admin, arguments[1]);
      Thread thread = new Thread(writer::keepWriting);
      thread.setDaemon(true);
      thread.start();
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
      for (String others = in.readLine(); others != null; others = in.readLine()) System.out.println(writer.look(others));
    }
  }
}
