package io.w7s.sdk.servlet.docs;

import com.sun.net.httpserver.HttpServer;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.testing.contract.ServerContract;
import io.w7s.sdk.testing.contract.ServerFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The adapter of the guide passes the contract. */
// [contract]
class JdkServerTest extends ServerContract {

  @Override
  protected ServerFixture start(AppHandler app) {
    ExecutorService executor = Executors.newCachedThreadPool();
    HttpServer server;
    try {
      server =
          JdkServer.start(
              app, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), executor);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
    return new ServerFixture() {
      @Override
      public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      }

      @Override
      public void close() {
        server.stop(0);
        executor.shutdownNow();
      }
    };
  }
}
// [contract]
