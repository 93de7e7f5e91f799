package io.w7s.sdk.testing.contract;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.local.LocalAppServer;
import java.net.URI;

/** The local server keeps the contract of servers, below the name of its app. */
class LocalServerTest extends ServerContract {

  private static final W7sApp NAMED = W7sApp.builder(AppRef.of("acme/worker")).build();

  @Override
  protected ServerFixture start(AppHandler app) {
    LocalAppServer server = LocalAppServer.builder(NAMED).handler(app).start();
    return new ServerFixture() {
      @Override
      public URI url() {
        return server.url();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
