import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Answers each row of a request as a k-means endpoint does: the closest cluster and the distance to it. */
final class Runtime {
  private static final int MAGIC = 0xced7230a;
  private static final byte[] RECORD = record();
  private static final byte[] LINE = "1.0,2.5\n".getBytes(StandardCharsets.US_ASCII);
  private static final int PREPARED = 1 << 16;
  private static final byte[] RECORDS = repeated(RECORD);
  private static final byte[] LINES = repeated(LINE);

  void answer(Exchange exchange) throws IOException {
    boolean framed = exchange.header("content-type").contains("protobuf");
    int rows = framed ? frames(exchange.body, exchange.length) : lines(exchange.body, exchange.length);
    boolean asksText = exchange.header("accept").startsWith("text/csv");
    byte[] unit = asksText ? LINE : RECORD;
    byte[] prepared = asksText ? LINES : RECORDS;
    byte[] all = prepared;
    if (rows > PREPARED) {
      all = new byte[rows * unit.length];
      for (int i = 0; i < rows; i++) System.arraycopy(unit, 0, all, i * unit.length, unit.length);
    }
    String type = asksText ? "text/csv" : "application/x-recordio-protobuf";
    exchange.reply(200, type, all, rows * unit.length, "x-Amzn-Invoked-Production-Variant: AllTraffic");
  }

  private static int frames(byte[] body, int length) throws IOException {
    ByteBuffer view = ByteBuffer.wrap(body, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    int count = 0;
    int at = 0;
    while (at < length) {
      if (view.getInt(at) != MAGIC) throw new IOException("no record at " + at);
      at += 8 + (view.getInt(at + 4) + 3) / 4 * 4;
      count++;
    }
    return count;
  }

  private static int lines(byte[] body, int length) {
    int count = 0;
    for (int i = 0; i < length; i++) if (body[i] == '\n') count++;
    return length > 0 && body[length - 1] != '\n' ? count + 1 : count;
  }

  private static byte[] repeated(byte[] unit) {
    byte[] all = new byte[unit.length * PREPARED];
    for (int i = 0; i < PREPARED; i++) System.arraycopy(unit, 0, all, i * unit.length, unit.length);
    return all;
  }

  /** A framed aialgs.data.Record with the label entries closest_cluster and distance_to_cluster. */
  private static byte[] record() {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (String key : new String[] {"closest_cluster", "distance_to_cluster"}) {
      byte[] name = key.getBytes(StandardCharsets.US_ASCII);
      byte[] value = {0x12, 8, 0x12, 6, 0x0a, 4, 0, 0, (byte) 0x80, 0x3f};
      payload.write(0x12);
      payload.write(2 + name.length + value.length);
      payload.write(0x0a);
      payload.write(name.length);
      payload.write(name, 0, name.length);
      payload.write(value, 0, value.length);
    }
    byte[] bytes = payload.toByteArray();
    ByteBuffer framed = ByteBuffer.allocate(8 + (bytes.length + 3) / 4 * 4).order(ByteOrder.LITTLE_ENDIAN);
    framed.putInt(MAGIC).putInt(bytes.length).put(bytes);
    return framed.array();
  }
}
