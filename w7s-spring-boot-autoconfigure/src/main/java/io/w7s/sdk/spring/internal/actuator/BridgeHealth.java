package io.w7s.sdk.spring.internal.actuator;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the bridge of the app, if calls go through one, for its version and its clock. */
public final class BridgeHealth implements Callable<Map<String, Object>>, AutoCloseable {

  /** Longer than a probe waits: the next one may find the response. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final W7sConfig config;
  private final TimeSource time;
  private @Nullable Bridge bridge;
  private boolean closed;

  /** Creates a check. Nothing is opened before its first call. */
  public BridgeHealth(W7sConfig config, TimeSource time) {
    this.config = config;
    this.time = time;
  }

  @Override
  public Map<String, Object> call() {
    if (config.mode() != W7sConfig.Mode.HOSTED || config.bridgeUrl().isEmpty()) {
      return Map.of();
    }
    RawResponse response = bridge().call("GET", "/health", "", new byte[0]);
    var details = new LinkedHashMap<String, Object>();
    details.put("url", config.bridgeUrl().get().toString());
    details.put("status", response.status());
    if (response.status() == 200) {
      JsonNode health = JsonMapper.shared().readTree(response.body());
      details.put("version", health.path("version").asString(""));
      details.put("clockSkewSeconds", health.path("clockSkewSeconds").asLong(0));
    }
    return details;
  }

  private synchronized Bridge bridge() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (bridge == null) {
      bridge = Bridge.builder(config).time(time).timeout(TIMEOUT).build();
    }
    return bridge;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (bridge != null) {
      bridge.close();
    }
  }
}
