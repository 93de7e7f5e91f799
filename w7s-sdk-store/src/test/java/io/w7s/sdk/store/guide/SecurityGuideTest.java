package io.w7s.sdk.store.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.RequestSigner;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.JdbcUsedSignatures;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.testing.contract.SignedServiceContract;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** docs/security.md shows code that compiles and runs, and names tests that are there. */
class SecurityGuideTest {

  private static final Path GUIDE = Path.of("../docs/security.md");
  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);
  private static final RpcRef<Void, String> HEALTH = WORKER.get("/health", String.class);
  private static final URI OUR_SERVICE = URI.create("https://worker.example.com");

  private final SigningSecrets secrets = SigningSecrets.of(SigningSecrets.generate());
  private final W7sConfig config =
      W7sConfig.builder().app("acme/worker").bridgeSecrets(secrets).build();
  private final Mailer mailer = new Mailer();

  /** Sends mails. */
  static final class Mailer {

    private final List<String> sent = new ArrayList<>();

    void send(String mail) {
      sent.add(mail);
    }
  }

  @Test
  void showsWhatIsCompiledAndNoOtherJava() throws IOException {
    Path code = Path.of("src/test/java/io/w7s/sdk/store/guide/SecurityGuideTest.java");

    assertThat(Guide.shown(GUIDE)).containsExactlyInAnyOrderElementsOf(Guide.compiled(code));
  }

  @Test
  void namesTestsThatAreThere() throws IOException {
    List<String> named =
        Pattern.compile("`(\\w+(?:Test|Contract))`")
            .matcher(Files.readString(GUIDE))
            .results()
            .map(name -> name.group(1) + ".java")
            .distinct()
            .toList();
    List<String> there = new ArrayList<>();
    for (String module : List.of("core", "store", "testing")) {
      try (var files = Files.walk(Path.of("../w7s-sdk-" + module + "/src"))) {
        files.forEach(file -> there.add(file.getFileName().toString()));
      }
    }

    assertThat(named).hasSizeGreaterThan(5).isSubsetOf(there);
  }

  @Test
  void thePublicReachesOnlyWhatIsOpen() {
    AppHandler service = service();

    assertThat(service.handle(request("GET", "/health", Headers.none())).status()).isEqualTo(200);
    assertThat(service.handle(delivery()).status()).isEqualTo(401);
    assertThat(mailer.sent).isEmpty();
  }

  @Test
  void oneOfTwoProcessesTakesARecordedRequest() {
    try (HikariDataSource h2 = Databases.pool("jdbc:h2:mem:security-guide")) {
      AppRequest recorded = RequestSigner.of(secrets).sign(RequestKind.QUEUE, delivery());
      W7sApp app = W7sApp.builder(WORKER).on(JOBS, message -> {}).build();

      assertThat(shared(app, h2).handle(recorded).status()).isEqualTo(200);
      assertThat(shared(app, h2).handle(recorded).status()).isEqualTo(401);
    }
  }

  private AppHandler service() {
    // [service]
    W7sApp app =
        W7sApp.builder(WORKER)
            .on(JOBS, message -> mailer.send(message.body()))
            .on(HEALTH, request -> "up")
            .publicRoute(HEALTH)
            .build();
    AppHandler service = SignedHandler.of(app, config);
    // [service]
    return service;
  }

  private AppHandler shared(W7sApp app, DataSource dataSource) {
    // [shared]
    StoreSchema.migrate(dataSource);
    AppHandler service =
        SignedHandler.builder(app, config).used(JdbcUsedSignatures.of(dataSource)).build();
    // [shared]
    return service;
  }

  private static AppRequest delivery() {
    return request(
        "POST",
        "/_w7s/queues/jobs",
        Headers.of("content-type", "application/json").with("x-w7s-queue", "jobs"));
  }

  private static AppRequest request(String method, String path, Headers headers) {
    String body = method.equals("GET") ? "" : "{\"queue\":\"jobs\",\"messages\":[]}";
    return new AppRequest(method, path, "", headers, body.getBytes(StandardCharsets.UTF_8));
  }

  static SignedServiceContract attack() {
    // [attack]
    class OurServiceTest extends SignedServiceContract {
      @Override
      protected URI url() {
        return OUR_SERVICE;
      }

      @Override
      protected SigningSecrets secrets() {
        return SigningSecrets.of(System.getenv("W7S_BRIDGE_SECRET"));
      }

      @Override
      protected String queue() {
        return "jobs";
      }
    }
    // [attack]
    return new OurServiceTest();
  }
}
