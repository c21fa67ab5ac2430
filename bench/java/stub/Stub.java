import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * The other side of the benchmark: a SageMaker Runtime endpoint, an S3 that forgets bodies, and the few calls of SageMaker
 * and STS that a fit makes. One thread for each connection; bodies are read whole and only looked at to count their rows.
 *
 * Prints its port on the first line and ends when its standard input does.
 */
public final class Stub {
  public static void main(String[] arguments) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReceiveBufferSize(1 << 20);
    server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 512);
    System.out.println(server.getLocalPort());
    System.out.flush();
    Services services = new Services();
    Thread acceptor = new Thread(() -> accept(server, services));
    acceptor.setDaemon(true);
    acceptor.start();
    byte[] ignored = new byte[64];
    int read = 0;
    while (read >= 0) read = System.in.read(ignored);
  }

  private static void accept(ServerSocket server, Services services) {
    while (true) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        Thread thread = new Thread(() -> serve(socket, services));
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        System.err.println("accepting failed: " + e);
      }
    }
  }

  private static void serve(Socket socket, Services services) {
    try (Socket open = socket) {
      Exchange exchange = new Exchange(open.getInputStream(), open.getOutputStream());
      while (exchange.readRequest()) services.answer(exchange);
    } catch (IOException e) {
      // A client may drop its connections; a request that was cut off fails on its side.
      services.dropped.incrementAndGet();
    }
  }
}
