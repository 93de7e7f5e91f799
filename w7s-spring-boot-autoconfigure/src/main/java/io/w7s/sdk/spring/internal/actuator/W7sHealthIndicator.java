package io.w7s.sdk.spring.internal.actuator;

import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Up unless something that the SDK depends on does not respond: the bridge where there is one, and
 * the event store where there is one.
 */
public final class W7sHealthIndicator implements HealthIndicator {

  private final List<Probe> probes;

  /** Creates an indicator. */
  public W7sHealthIndicator(List<Probe> probes) {
    this.probes = List.copyOf(probes);
  }

  @Override
  public Health health() {
    Health.Builder health = Health.up();
    for (Probe.Result result : Probe.runAll(probes)) {
      if (result.error() != null) {
        health.down();
      }
      if (!result.shown().isEmpty()) {
        health.withDetail(result.name(), result.shown());
      }
    }
    return health.build();
  }
}
