import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One connection's present request, and the way to answer it. The body's buffer is used again for the next request. */
final class Exchange {
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[64 * 1024];
  private int from;
  private int until;

  String method = "";
  String path = "";
  String query = "";
  final Map<String, String> headers = new HashMap<>();
  byte[] body = new byte[64 * 1024];
  int length;

  Exchange(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** Reads the next request whole; false when the client has closed the connection. */
  boolean readRequest() throws IOException {
    String line = readLine();
    if (line == null) return false;
    String[] words = line.split(" ");
    method = words[0];
    int mark = words[1].indexOf('?');
    path = mark < 0 ? words[1] : words[1].substring(0, mark);
    query = mark < 0 ? "" : words[1].substring(mark + 1);
    headers.clear();
    for (line = readLine(); line != null && !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
      out.write(CONTINUE);
      out.flush();
    }
    length = 0;
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) readChunks();
    else append(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    return true;
  }

  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  boolean asks(String parameter) {
    return ("&" + query + "&").contains("&" + parameter + "&") || ("&" + query).contains("&" + parameter + "=");
  }

  String parameter(String name) {
    for (String pair : query.split("&")) if (pair.startsWith(name + "=")) return decoded(pair.substring(name.length() + 1));
    return "";
  }

  static String decoded(String text) {
    try {
      return java.net.URLDecoder.decode(text.replace("+", "%2B"), "UTF-8");
    } catch (java.io.UnsupportedEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  String text() {
    return new String(body, 0, length, StandardCharsets.UTF_8);
  }

  void reply(int status, String contentType, String text, String... extra) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    reply(status, contentType, bytes, bytes.length, extra);
  }

  void reply(int status, String contentType, byte[] bytes, int count, String... extra) throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(" X\r\nContent-Type: ").append(contentType);
    // The answer to HEAD says how long a body would be.
    if (!(method.equals("HEAD") && String.join("", extra).startsWith("Content-Length")))
      head.append("\r\nContent-Length: ").append(count);
    head.append("\r\nx-amz-request-id: 1\r\nx-amzn-RequestId: 1\r\n");
    for (String header : extra) head.append(header).append("\r\n");
    head.append("\r\n");
    out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    if (!method.equals("HEAD")) out.write(bytes, 0, count);
    out.flush();
  }

  private void readChunks() throws IOException {
    int size = Integer.parseInt(readLine().split(";")[0].trim(), 16);
    while (size > 0) {
      append(size);
      readLine();
      size = Integer.parseInt(readLine().split(";")[0].trim(), 16);
    }
    String trailer = readLine();
    while (trailer != null && !trailer.isEmpty()) trailer = readLine();
  }

  private void append(int count) throws IOException {
    if (body.length < length + count) body = java.util.Arrays.copyOf(body, length + count);
    int end = length + count;
    int buffered = Math.min(count, until - from);
    System.arraycopy(buffer, from, body, length, buffered);
    from += buffered;
    length += buffered;
    while (length < end) {
      int got = in.read(body, length, end - length);
      if (got < 0) throw new EOFException("the request is cut off");
      length += got;
    }
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder(80);
    while (true) {
      if (from == until) {
        until = in.read(buffer);
        from = 0;
        if (until <= 0) {
          until = 0;
          return null;
        }
      }
      char next = (char) (buffer[from++] & 0xff);
      if (next == '\n') return line.toString();
      if (next != '\r') line.append(next);
    }
  }
}
