package bench;

import com.amazonaws.services.sagemaker.sparksdk.shaded.software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import com.amazonaws.services.sagemaker.sparksdk.shaded.software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import com.amazonaws.services.sagemaker.sparksdk.shaded.software.amazon.awssdk.core.SdkBytes;
import com.amazonaws.services.sagemaker.sparksdk.shaded.software.amazon.awssdk.http.apache.ApacheHttpClient;
import com.amazonaws.services.sagemaker.sparksdk.shaded.software.amazon.awssdk.regions.Region;
import com.amazonaws.services.sagemaker.sparksdk.shaded.software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import com.amazonaws.services.sagemaker.sparksdk.shaded.software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The limits of transform: bodies that are there already, posted by the AWS SDK's client, or by a bare socket. */
public final class BareClient {
  private static final String PATH = "/endpoints/bench/invocations";
  private static final String PROTOBUF = "application/x-recordio-protobuf";

  private BareClient() {}

  /** Posts {@code rows} records of {@code recordBytes} each in bodies of up to 5 MiB, so many at a time. */
  public static void sdk(String address, long rows, int recordBytes, int inFlight) throws Exception {
    try (SageMakerRuntimeClient client = SageMakerRuntimeClient.builder()
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("benchmark", "benchmark")))
        .httpClientBuilder(ApacheHttpClient.builder().maxConnections(inFlight))
        .endpointOverride(URI.create(address))
        .build()) {
      inParallel(rows, recordBytes, inFlight, body -> client.invokeEndpoint(InvokeEndpointRequest.builder()
          .endpointName("bench").contentType(PROTOBUF).accept(PROTOBUF)
          // As the SDK's callers do who have an array that nobody else changes.
          .body(SdkBytes.fromByteArrayUnsafe(body)).build()).body().asByteArrayUnsafe().length);
    }
  }

  /** The same by sockets without signatures: what the stub can take. */
  public static void socket(String address, long rows, int recordBytes, int inFlight) throws Exception {
    URI uri = URI.create(address);
    ThreadLocal<Socket> sockets = new ThreadLocal<>();
    List<Socket> opened = java.util.Collections.synchronizedList(new ArrayList<>());
    try {
      inParallel(rows, recordBytes, inFlight, body -> {
        if (sockets.get() == null) {
          sockets.set(new Socket(uri.getHost(), uri.getPort()));
          opened.add(sockets.get());
        }
        return post(sockets.get(), body);
      });
    } finally {
      for (Socket socket : opened) socket.close();
    }
  }

  private interface Post {
    int send(byte[] body) throws IOException;
  }

  private static int post(Socket socket, byte[] body) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(("POST " + PATH + " HTTP/1.1\r\nHost: stub\r\nContent-Type: " + PROTOBUF + "\r\nAccept: " + PROTOBUF
        + "\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[64 * 1024];
    int got = 0;
    int total = 0;
    int expected = Integer.MAX_VALUE;
    while (total < expected && got >= 0) {
      got = in.read(buffer);
      if (total == 0) {
        String head = new String(buffer, 0, got, StandardCharsets.ISO_8859_1);
        int end = head.indexOf("\r\n\r\n") + 4;
        int at = head.indexOf("Content-Length: ") + 16;
        expected = end + Integer.parseInt(head.substring(at, head.indexOf("\r\n", at)));
      }
      total += got;
    }
    return total;
  }

  private static void inParallel(long rows, int recordBytes, int inFlight, Post post) throws Exception {
    int perBody = Math.max(1, 5 * 1024 * 1024 / recordBytes);
    byte[] full = body(perBody, recordBytes);
    byte[] last = body((int) (rows % perBody), recordBytes);
    ExecutorService threads = Executors.newFixedThreadPool(inFlight);
    try {
      List<Callable<Integer>> posts = new ArrayList<>();
      for (long i = 0; i < rows / perBody; i++) posts.add(() -> post.send(full));
      if (last.length > 0) posts.add(() -> post.send(last));
      for (Future<Integer> done : threads.invokeAll(posts)) if (done.get() <= 0) throw new IOException("no answer");
    } catch (ExecutionException e) {
      throw new IOException("a request failed: " + e.getCause(), e);
    } finally {
      threads.shutdown();
    }
  }

  private static byte[] body(int records, int recordBytes) {
    ByteBuffer bytes = ByteBuffer.allocate(records * recordBytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < records; i++) {
      bytes.position(i * recordBytes);
      bytes.putInt(0xced7230a).putInt(recordBytes - 8);
    }
    return bytes.array();
  }
}
