package io.w7s.sdk.spring.internal.actuator;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRoute;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.internal.text.PlatformLimits;
import io.w7s.sdk.manifest.Manifest;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** Shows the app: what it handles, how much of the platform it uses, and what it has left. */
@Endpoint(id = "w7s")
public final class W7sEndpoint {

  private final W7sConfig config;
  private final ExistingBeans beans;
  private final List<Probe> probes;

  /**
   * Creates an endpoint.
   *
   * @param more probes beside those of the handlers
   */
  public W7sEndpoint(W7sConfig config, ExistingBeans beans, List<Probe> more) {
    this.config = config;
    this.beans = beans;
    probes = new ArrayList<>(List.of(HandlerProbes.parked(beans), HandlerProbes.runs(beans)));
    probes.addAll(more);
  }

  /**
   * An app.
   *
   * @param app {@code owner/repo}
   * @param mode where calls go
   * @param bridge the URL of the bridge; null without one
   * @param handlers what is handled; empty when there are no consumers
   * @param subscribes the subjects that arrive, by queue
   * @param publishes the subjects that the app may publish
   * @param schedules the times of each schedule, by path
   * @param limits what the platform bounds in a deployment
   * @param stores what is in each store; an error where one does not respond
   */
  public record Topology(
      String app,
      String environment,
      String mode,
      @Nullable String bridge,
      List<Handled> handlers,
      Map<String, List<String>> subscribes,
      List<String> publishes,
      Map<String, List<String>> schedules,
      Map<String, Limit> limits,
      Map<String, Map<String, Object>> stores) {}

  /**
   * A route of the app.
   *
   * @param kind {@code queue}, {@code event}, {@code workflow}, {@code schedule} or {@code rpc}
   * @param name the queue, the workflow, or the path
   * @param isPublic whether anybody may call it
   */
  public record Handled(String kind, String name, String method, String path, boolean isPublic) {

    static Handled of(AppRoute route) {
      return new Handled(
          route.kind().name().toLowerCase(Locale.ROOT),
          route.name(),
          route.method(),
          route.path(),
          route.isPublic());
    }
  }

  /**
   * What is used of a limit.
   *
   * @param used how many the app declares
   * @param most how many the platform deploys at most
   */
  public record Limit(int used, int most) {}

  /** Returns the app as it is now, within a second. */
  @ReadOperation
  public Topology topology() {
    W7sApp app = beans.first(W7sApp.class).orElse(null);
    Manifest manifest = app == null ? Manifest.empty() : app.manifest();
    var stores = new LinkedHashMap<String, Map<String, Object>>();
    for (Probe.Result result : Probe.runAll(probes)) {
      if (!result.shown().isEmpty()) {
        stores.put(result.name(), result.shown());
      }
    }
    return new Topology(
        config.app().toString(),
        config.environment().toString(),
        config.mode().word(),
        config.bridgeUrl().map(URI::toString).orElse(null),
        app == null ? List.of() : app.routes().stream().map(Handled::of).toList(),
        manifest.eventsSubscribe().stream()
            .collect(
                groupingBy(
                    Manifest.Subscription::queue,
                    TreeMap::new,
                    mapping(Manifest.Subscription::subject, toList()))),
        manifest.eventsPublish(),
        manifest.schedules().stream()
            .collect(
                groupingBy(
                    Manifest.Schedule::path,
                    TreeMap::new,
                    mapping(schedule -> schedule.cron().toString(), toList()))),
        limits(manifest),
        stores);
  }

  private static Map<String, Limit> limits(Manifest manifest) {
    var limits = new LinkedHashMap<String, Limit>();
    limits.put("queues", new Limit(manifest.queues().size(), PlatformLimits.MAX_QUEUES));
    limits.put("schedules", new Limit(manifest.schedules().size(), PlatformLimits.MAX_SCHEDULES));
    limits.put("workflows", new Limit(manifest.workflows().size(), PlatformLimits.MAX_WORKFLOWS));
    return limits;
  }
}
