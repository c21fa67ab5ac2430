import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** Sends each request to the service that it is for, and counts requests and bytes. */
final class Services {
  final AtomicLong dropped = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Runtime runtime = new Runtime();
  private final ObjectStore store = new ObjectStore();
  private volatile int latencyMillis;

  void answer(Exchange exchange) throws IOException {
    String target = exchange.header("x-amz-target");
    if (exchange.path.equals("/_stub/settings")) {
      latencyMillis = Integer.parseInt(exchange.parameter("latency"));
      requests.set(0);
      bytes.set(0);
      store.clear();
      exchange.reply(200, "text/plain", "");
    } else if (exchange.path.equals("/_stub/counts")) {
      exchange.reply(200, "application/json", "{\"requests\": " + requests + ", \"bytes\": " + bytes + "}");
    } else {
      requests.incrementAndGet();
      bytes.addAndGet(exchange.length);
      pause();
      if (exchange.path.startsWith("/endpoints/")) runtime.answer(exchange);
      else if (target.startsWith("SageMaker.")) Control.answer(exchange, target.substring("SageMaker.".length()));
      else if (exchange.header("content-type").startsWith("application/x-www-form-urlencoded") && exchange.path.equals("/"))
        Control.identity(exchange);
      else store.answer(exchange);
    }
  }

  private void pause() {
    if (latencyMillis > 0) {
      try {
        Thread.sleep(latencyMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
