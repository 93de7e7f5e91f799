package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.AppRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What an app may declare before the platform refuses to deploy it. */
class PlatformCapsTest {

  @TempDir private Path directory;

  private static W7sApp withQueues(int queues) {
    var app = W7sApp.builder(AppRef.of("acme/many"));
    for (int i = 0; i < queues; i++) {
      app.on(AppRef.of("acme/many").queue("q" + i, String.class), message -> {});
    }
    return app.build();
  }

  private List<String> warningsOf(W7sApp app) throws IOException {
    Path file = Files.writeString(directory.resolve("w7s.json"), app.manifest().toJson());
    var log = new ListAppender<ILoggingEvent>();
    var logger = (Logger) LoggerFactory.getLogger(W7sApp.class);
    log.start();
    logger.addAppender(log);
    try {
      app.verifyManifest(file);
    } finally {
      logger.detachAppender(log);
    }
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void verifyingAManifestWarnsOfWhatThePlatformWouldRefuse() throws IOException {
    assertThat(warningsOf(withQueues(3)))
        .containsExactly(
            "acme/many declares 3 queues, of which the platform deploys at most 2: its deployment"
                + " would be refused");
    assertThat(warningsOf(withQueues(2))).isEmpty();
  }
}
