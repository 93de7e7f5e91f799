package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.WORKER;
import static io.w7s.sdk.local.Calls.get;
import static io.w7s.sdk.local.Calls.send;
import static io.w7s.sdk.local.Calls.start;
import static io.w7s.sdk.local.LocalQueueTest.delivery;
import static io.w7s.sdk.local.LocalQueueTest.refused;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.schedule.CronExpression;
import io.w7s.sdk.spi.Transport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An app whose manifest is configured has only what the manifest declares. */
class LocalManifestTest {

  private static final Manifest HOURLY =
      Manifest.empty()
          .withSchedule(new Manifest.Schedule(CronExpression.parse("0 * * * *"), "/tick"));

  private final VirtualTime time = Calls.virtualTime();

  private static W7sConfig.Builder worker(RawServer server, Manifest manifest) {
    return Calls.config().localApp(WORKER, server.url("/worker")).localManifest(WORKER, manifest);
  }

  private static W7sConfig.Builder stranger(RawServer server, Manifest manifest) {
    return worker(server, manifest).app("other/shop");
  }

  @Test
  void findsNothingThatIsNotDeclared() throws Exception {
    try (RawServer server = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker(server, Manifest.empty()), time)) {
      assertThat(refused(CallStyle.BLOCKING.make(transport, send("1"))).status()).isEqualTo(404);
      assertThat(refused(CallStyle.BLOCKING.make(transport, start("id", "1"))).status())
          .isEqualTo(404);
      succeeded(CallStyle.BLOCKING.make(transport, get("/any"))); // routes are not declared
    }
  }

  @Test
  void deliversToTheConsumerPathOfTheManifest() throws Exception {
    Manifest manifest = Manifest.empty().withQueue(new Manifest.Queue("jobs", "/consume"));
    try (RawServer server = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker(server, manifest), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      time.runUntilIdle(10);
      assertThat(server.requests().get(0).line()).isEqualTo("POST /worker/consume HTTP/1.1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void admitsOtherOwnersByAllowLists(CallStyle style) throws Exception {
    Manifest closed =
        Manifest.empty()
            .withQueue(Manifest.Queue.of("jobs"))
            .withWorkflow(Manifest.Workflow.of("check_out"));
    Manifest open =
        closed.withRpcAllow("other").withQueueAllow("other/shop").withWorkflowAllow("other/shop");
    try (RawServer server = RawServer.answering(RawServer.ok(""));
        Transport outside = Calls.transport(stranger(server, closed), time);
        Transport inside = Calls.transport(stranger(server, open), time)) {
      assertThat(refused(style.make(outside, get("/x"))).status()).isEqualTo(403);
      assertThat(refused(style.make(outside, get("/x"))).message()).contains("rpc.allow");
      assertThat(refused(style.make(outside, send("1"))).message()).contains("queue.allow");
      assertThat(refused(style.make(outside, start("id", "1"))).message())
          .contains("workflow.allow");
      assertThat(server.connections()).isZero();
      succeeded(style.make(inside, get("/x")));
      succeeded(style.make(inside, send("1")));
      succeeded(style.make(inside, start("id", "1")));
    }
  }

  @Test
  void admitsEveryCallerWithoutManifest() throws Exception {
    try (RawServer server = RawServer.answering(RawServer.ok(""));
        Transport transport =
            Calls.transport(
                Calls.config().app("other/shop").localApp(WORKER, server.url("/worker")), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, get("/x")));
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      succeeded(CallStyle.BLOCKING.make(transport, start("id", "1")));
    }
  }

  @Test
  void acceptsFirstSendsToManyQueuesAtOnce() throws Exception {
    try (RawServer server = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(server.url("/worker"))) {
      IntStream.range(0, 200)
          .parallel()
          .forEach(i -> succeeded(CallStyle.BLOCKING.make(transport, send("q" + i % 50, "1"))));
      transport.close();

      assertThat(server.requests().stream().mapToInt(r -> delivery(r).messages().size()).sum())
          .isEqualTo(200);
    }
  }

  @Test
  void firesOnlyItsOwnSchedules() throws Exception {
    try (RawServer own = RawServer.answering(RawServer.ok(""));
        RawServer other = RawServer.answering(RawServer.ok(""));
        Transport transport =
            Calls.transport(
                worker(other, HOURLY)
                    .localApp("acme/shop", own.url("/shop"))
                    .localManifest("acme/shop", HOURLY),
                time)) {
      refused(CallStyle.BLOCKING.make(transport, send("1"))); // deploys the other app
      time.advance(ofMinutes(59));
      assertThat(own.connections()).isZero();
      time.advance(ofMinutes(1));

      RawServer.Request fired = own.requests().get(0);
      assertThat(fired.line()).isEqualTo("POST /shop/tick HTTP/1.1");
      assertThat(fired.header("x-w7s-schedule")).isEqualTo("1");
      assertThat(fired.header("x-w7s-schedule-cron")).isEqualTo("0 * * * *");
      assertThat(fired.body()).contains("\"repository\":\"acme/shop\"");
      assertThat(other.connections()).isZero();
    }
  }

  @Test
  void warnsOfSchedulesWithoutUrl() {
    try (var logged = new Logged();
        Transport transport =
            Calls.transport(Calls.config().localManifest("acme/shop", HOURLY), time)) {
      assertThat(transport).isNotNull();
      assertThat(logged.warnings())
          .singleElement()
          .asString()
          .startsWith(
              "The schedules of acme/shop do not fire, because it has no URL: set w7s.local.apps.acme/shop");
      assertThat(time.nextDue()).isEmpty();
    }
  }
}
