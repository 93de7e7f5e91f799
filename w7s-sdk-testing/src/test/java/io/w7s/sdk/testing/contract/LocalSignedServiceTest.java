package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.signature.SigningSecrets;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Attacks on the local server, where it wants signatures. */
class LocalSignedServiceTest extends SignedServiceContract {

  private static final AppRef WORKER = AppRef.of("acme/worker");

  private final AtomicLong reached = new AtomicLong();
  private final SigningSecrets secrets = SigningSecrets.of(SigningSecrets.generate());
  private final W7sApp app =
      W7sApp.builder(WORKER).on(WORKER.queue("jobs", Object.class), message -> {}).build();
  private final LocalAppServer server =
      LocalAppServer.builder(app)
          .handler(
              request -> {
                reached.incrementAndGet();
                return app.handle(request);
              })
          .signed(secrets)
          .start();

  @Test
  void whatIsSignedReachesTheApp() throws IOException {
    takesWhatIsSigned();

    assertThat(reached).hasValue(1);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected URI url() {
    return server.url();
  }

  @Override
  protected SigningSecrets secrets() {
    return secrets;
  }

  @Override
  protected String queue() {
    return "jobs";
  }

  @Override
  protected long reached() {
    return reached.get();
  }
}
