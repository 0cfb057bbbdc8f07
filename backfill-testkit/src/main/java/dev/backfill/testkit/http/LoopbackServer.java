package dev.backfill.testkit.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * An HTTP/1.1 server with kept-alive connections on the loopback interface, in daemon threads. The
 * JDK's server does not fit: it writes the machine's time into the Date header, not the
 * simulation's, and reads its settings from system properties.
 */
public final class LoopbackServer implements AutoCloseable {

  private final ServerSocket listener;
  private final int maxBody;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads;

  /**
   * Listens. Clients wait until {@link #start}.
   *
   * @param port the port; 0 for any free one
   * @param name the name of its threads
   * @param maxBody the max size of a request's body, in bytes; a larger one ends the connection
   */
  public LoopbackServer(int port, String name, int maxBody) {
    this.maxBody = maxBody;
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    try {
      listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 200);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port + " of 127.0.0.1", e);
    }
  }

  /** Returns the address, without a path. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Begins to answer requests. */
  public void start(Connection.Handler handler) {
    threads.execute(() -> accept(handler));
  }

  private void accept(Connection.Handler handler) {
    while (!listener.isClosed()) {
      try {
        serve(listener.accept(), handler);
      } catch (IOException e) {
        // Closed, or a client disconnected before it was served.
      }
    }
  }

  private void serve(Socket socket, Connection.Handler handler) {
    open.add(socket);
    try {
      threads.execute(
          () -> {
            try {
              new Connection(socket, handler, maxBody).run();
            } finally {
              open.remove(socket);
            }
          });
    } catch (RejectedExecutionException e) {
      // Closed since the client was accepted.
      closeQuietly(socket);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    closeQuietly(listener);
    open.forEach(LoopbackServer::closeQuietly);
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // Nothing else can be done with it.
    }
  }
}
