import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** An S3 with path-style addresses that remembers keys and sizes, and no bodies. */
final class ObjectStore {
  private static final String XML = "application/xml";
  private static final String DATE = "2024-01-01T00:00:00.000Z";
  private static final String TAG = "ETag: \"0123456789abcdef0123456789abcdef\"";

  private final ConcurrentSkipListMap<String, Long> objects = new ConcurrentSkipListMap<>();
  private final ConcurrentHashMap<String, AtomicLong> uploads = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  void clear() {
    objects.clear();
    uploads.clear();
  }

  void answer(Exchange exchange) throws IOException {
    String[] parts = exchange.path.substring(1).split("/", 2);
    String bucket = Exchange.decoded(parts[0]);
    String key = parts.length > 1 ? Exchange.decoded(parts[1]) : "";
    if (key.isEmpty()) bucket(exchange, bucket);
    else if (exchange.method.equals("PUT")) put(exchange, bucket, key);
    else if (exchange.method.equals("POST")) post(exchange, bucket, key);
    else if (exchange.method.equals("DELETE")) {
      if (exchange.asks("uploadId")) uploads.remove(exchange.parameter("uploadId"));
      else objects.remove(bucket + "/" + key);
      exchange.reply(204, XML, "");
    } else head(exchange, bucket, key);
  }

  private void bucket(Exchange exchange, String bucket) throws IOException {
    if (exchange.method.equals("POST") && exchange.asks("delete")) {
      for (String piece : exchange.text().split("<Key>"))
        if (piece.contains("</Key>")) objects.remove(bucket + "/" + piece.substring(0, piece.indexOf("</Key>")));
      exchange.reply(200, XML, "<DeleteResult/>");
    } else if (exchange.asks("uploads")) {
      exchange.reply(200, XML, "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>");
    } else if (exchange.asks("location")) {
      exchange.reply(200, XML, "<LocationConstraint/>");
    } else if (exchange.method.equals("GET")) {
      list(exchange, bucket);
    } else {
      exchange.reply(200, XML, "", "x-amz-bucket-region: us-east-1");
    }
  }

  private void put(Exchange exchange, String bucket, String key) throws IOException {
    String decoded = exchange.header("x-amz-decoded-content-length");
    long size = decoded.isEmpty() ? exchange.length : Long.parseLong(decoded);
    if (exchange.asks("uploadId")) {
      uploads.get(exchange.parameter("uploadId")).addAndGet(size);
      exchange.reply(200, XML, "", TAG);
    } else if (!exchange.header("x-amz-copy-source").isEmpty()) {
      String source = Exchange.decoded(exchange.header("x-amz-copy-source")).replaceFirst("^/", "");
      objects.put(bucket + "/" + key, objects.getOrDefault(source, 0L));
      exchange.reply(200, XML, "<CopyObjectResult><LastModified>" + DATE
          + "</LastModified><ETag>\"0123456789abcdef0123456789abcdef\"</ETag></CopyObjectResult>");
    } else {
      objects.put(bucket + "/" + key, size);
      exchange.reply(200, XML, "", TAG);
    }
  }

  private void post(Exchange exchange, String bucket, String key) throws IOException {
    if (exchange.asks("uploads")) {
      String id = "upload" + numbers.incrementAndGet();
      uploads.put(id, new AtomicLong());
      exchange.reply(200, XML, "<InitiateMultipartUploadResult><Bucket>" + bucket + "</Bucket><Key>" + key
          + "</Key><UploadId>" + id + "</UploadId></InitiateMultipartUploadResult>");
    } else {
      objects.put(bucket + "/" + key, uploads.remove(exchange.parameter("uploadId")).get());
      exchange.reply(200, XML, "<CompleteMultipartUploadResult><Bucket>" + bucket + "</Bucket><Key>" + key
          + "</Key><ETag>\"0123456789abcdef0123456789abcdef\"</ETag></CompleteMultipartUploadResult>");
    }
  }

  private void head(Exchange exchange, String bucket, String key) throws IOException {
    Long size = objects.get(bucket + "/" + key);
    if (size == null) {
      exchange.reply(404, XML, "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>");
    } else {
      exchange.reply(200, "application/octet-stream", "", "Content-Length: " + size, TAG,
          "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT");
    }
  }

  private void list(Exchange exchange, String bucket) throws IOException {
    String prefix = exchange.parameter("prefix");
    String delimiter = exchange.parameter("delimiter");
    StringBuilder contents = new StringBuilder();
    StringBuilder prefixes = new StringBuilder();
    String last = "";
    int count = 0;
    for (Map.Entry<String, Long> entry : objects.tailMap(bucket + "/" + prefix, true).entrySet()) {
      if (!entry.getKey().startsWith(bucket + "/" + prefix)) break;
      String key = entry.getKey().substring(bucket.length() + 1);
      int cut = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      if (cut >= 0) {
        String common = key.substring(0, cut + 1);
        if (!common.equals(last)) prefixes.append("<CommonPrefixes><Prefix>").append(common).append("</Prefix></CommonPrefixes>");
        if (!common.equals(last)) count++;
        last = common;
      } else {
        contents.append("<Contents><Key>").append(key).append("</Key><LastModified>").append(DATE)
            .append("</LastModified><ETag>\"0123456789abcdef0123456789abcdef\"</ETag><Size>").append(entry.getValue())
            .append("</Size><StorageClass>STANDARD</StorageClass></Contents>");
        count++;
      }
    }
    exchange.reply(200, XML, "<ListBucketResult><Name>" + bucket + "</Name><Prefix>" + prefix + "</Prefix><KeyCount>" + count
        + "</KeyCount><MaxKeys>100000</MaxKeys><IsTruncated>false</IsTruncated>" + contents + prefixes + "</ListBucketResult>");
  }
}
