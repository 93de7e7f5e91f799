package io.w7s.sdk.hosted.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.hosted.docs.HostedExample.Job;
import io.w7s.sdk.hosted.docs.HostedExample.Query;
import io.w7s.sdk.hosted.docs.HostedExample.Report;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.okhttp.RawServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Java in the guides is code that compiles and does what it seems to. */
@Timeout(60)
class HostedDocsTest {

  private static final Path EXAMPLE =
      Path.of("src/test/java/io/w7s/sdk/hosted/docs/HostedExample.java");

  private final HostedExample example = new HostedExample();

  private static W7sConfig config(URI platform) {
    return W7sConfig.builder()
        .app("acme/shop")
        .url(platform)
        .token(Token.RPC, "r")
        .token(Token.QUEUE, "q")
        .token(Token.WORKFLOW, "w")
        .build();
  }

  @Test
  void theGuidesShowWhatIsCompiledAndNoOtherJava() throws IOException {
    List<String> shown = new ArrayList<>(Guide.shown(Path.of("../docs/hosted.md")));
    shown.addAll(Guide.shown(Path.of("../docs/errors.md")));

    assertThat(shown).containsExactlyInAnyOrderElementsOf(Guide.compiled(EXAMPLE));
  }

  @Test
  void anExportIsWrittenToAFileAsItComes() throws IOException {
    var theirs = new OkHttpClient();
    var file = new ByteArrayOutputStream();
    try (RawServer platform = RawServer.answering(RawServer.ok("a,b,c"));
        W7s w7s = example.ownClient(config(platform.url("")), theirs)) {
      example.export(w7s, file);
    } finally {
      theirs.connectionPool().evictAll();
    }
    assertThat(file).hasToString("a,b,c");
  }

  @Test
  void aCallWithTimeoutsOfItsOwnReturns() throws IOException {
    try (RawServer platform = RawServer.answering(RawServer.ok("{\"text\":\"good\"}"));
        W7s w7s = example.patient(config(platform.url("")))) {
      assertThat(example.report(w7s, new Query(2026))).isEqualTo(new Report("good"));
    }
  }

  @Test
  void eachFailureHasItsRemedy() throws IOException {
    send("HTTP/1.1 429 x\r\nretry-after: 3600\r\n", "{\"status\":\"error\",\"error\":\"daily\"}");
    send("HTTP/1.1 502 x\r\n", "<html>bad gateway</html>");
    send("HTTP/1.1 500 x\r\n", "{\"status\":\"error\",\"error\":\"broken\"}");
    send("HTTP/1.1 404 x\r\n", "{\"status\":\"error\",\"error\":\"no such queue\"}");
    try (W7s w7s = example.paced(config(ClosedPort.url("")))) {
      example.send(w7s, new Job("d"));
    }

    assertThat(example.said).hasSize(5);
    assertThat(example.said.get(0)).startsWith("job later, 20");
    assertThat(example.said.get(1)).isEqualTo("job to be checked");
    assertThat(example.said.get(2)).isEqualTo("job to be checked");
    assertThat(example.said.get(3)).startsWith("job given up: ").contains("no such queue");
    assertThat(example.said.get(4)).startsWith("d later, 20");
  }

  private void send(String head, String body) throws IOException {
    try (RawServer platform =
            RawServer.answering(head + "content-length: " + body.length() + "\r\n\r\n" + body);
        W7s w7s = example.paced(config(platform.url("")))) {
      example.send(w7s, new Job("job"));
    }
  }
}
