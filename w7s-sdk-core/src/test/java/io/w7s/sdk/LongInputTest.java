package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.text.BaseUrl;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.PathTemplate;
import io.w7s.sdk.internal.text.PercentEncoding;
import io.w7s.sdk.internal.text.RetryAfter;
import io.w7s.sdk.internal.text.TraceParent;
import io.w7s.sdk.internal.text.WireInstant;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.schedule.CronExpression;
import io.w7s.sdk.workflow.InstanceIds;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever reads text takes or refuses a very long one. A regular expression that repeats a group
 * would need a stack frame for each repetition.
 */
class LongInputTest {

  private static final int LENGTH = 100_000;

  /** Less than any thread has by default, so that the tests are strict. */
  private static final long SMALL_STACK = 256 * 1024;

  private static final List<String> PIECES =
      List.of(
          "a", "%41", "%2e", "/", "a/", "a.", "-", "a-", "1,", "*/1,", "0-", "{a}", "é", "\"", " ");

  private static final W7sApp APP =
      W7sApp.builder(AppRef.of("acme/worker"))
          .on(AppRef.of("acme/worker").get("/orders/{id}", String.class), request -> "ok")
          .build();

  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private static final Map<String, Consumer<String>> READERS =
      Map.ofEntries(
          Map.entry("request path", text -> APP.handle(request("/orders/" + text, ""))),
          Map.entry("request query", text -> APP.handle(request("/orders/1", text))),
          Map.entry("route", text -> AppRef.of("acme/worker").get("/" + text, String.class)),
          Map.entry("path variable", text -> PathTemplate.expand("/a/{b}", Map.of("b", text))),
          Map.entry("app", text -> AppId.parse(text + "/" + text)),
          Map.entry("environment", Environment::of),
          Map.entry("queue", text -> AppRef.of("acme/worker").queue(text, String.class)),
          Map.entry("subject", text -> SubjectRef.of(text, String.class)),
          Map.entry("event id", text -> Names.eventId("id", text)),
          Map.entry("allowed", text -> Names.allowed("allowed", text)),
          Map.entry("variable", text -> Names.variable("variable", text)),
          Map.entry("binding", text -> Names.javaScript("binding", text)),
          Map.entry("instance id", InstanceIds::of),
          Map.entry("trace parent", TraceParent::orNull),
          Map.entry("trace parent's end", text -> TraceParent.orNull(TRACE + "-" + text)),
          Map.entry("URL", text -> BaseUrl.ofPlatform("https://h/" + text)),
          Map.entry("host", text -> BaseUrl.ofPlatform("http://" + text)),
          Map.entry("header", text -> Headers.of("x-a", text)),
          Map.entry("header name", text -> Headers.of(text, "a")),
          Map.entry(
              "retry-after",
              text -> RetryAfter.of(Headers.of("retry-after", ascii(text)), Instant.EPOCH)),
          Map.entry("query", PercentEncoding::query),
          Map.entry("instant", WireInstant::parse),
          Map.entry("cron", text -> CronExpression.parse(text + " * * * *")),
          Map.entry("manifest", text -> Manifest.parse("{\"queues\":[\"" + text + "\"]}")));

  private static AppRequest request(String path, String query) {
    return new AppRequest("GET", path, query, Headers.none(), new byte[0]);
  }

  private static String ascii(String text) {
    return text.replace("é", "e");
  }

  @TestFactory
  Stream<DynamicTest> takesOrRefusesLongTextAs() {
    return READERS.entrySet().stream()
        .map(
            reader ->
                DynamicTest.dynamicTest(
                    reader.getKey(),
                    () -> {
                      for (String piece : PIECES) {
                        String text = piece.repeat(LENGTH / piece.length());
                        assertThat(thrown(reader.getValue(), text))
                            .as("%s…", piece)
                            .matches(LongInputTest::isRefusal, "a refusal or nothing");
                      }
                    }));
  }

  private static boolean isRefusal(Throwable thrown) {
    return thrown == null
        || (thrown instanceof W7sException && thrown.getMessage().length() < 2_000)
        || thrown instanceof DateTimeException;
  }

  private static Throwable thrown(Consumer<String> reader, String text) throws Exception {
    var result = new CompletableFuture<Throwable>();
    Runnable task =
        () -> {
          try {
            reader.accept(text);
            result.complete(null);
          } catch (Throwable thrown) {
            result.complete(thrown);
          }
        };
    new Thread(null, task, "small stack", SMALL_STACK).start();
    return result.get(60, TimeUnit.SECONDS);
  }
}
