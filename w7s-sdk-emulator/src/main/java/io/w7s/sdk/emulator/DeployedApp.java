package io.w7s.sdk.emulator;

import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.emulator.Tokens.Kind;
import io.w7s.sdk.manifest.Manifest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A deployment with what the platform needs of it at each call, worked out once. Immutable. */
final class DeployedApp {

  private static final Headers JSON = Headers.of("content-type", "application/json");

  private final Deployment deployment;
  private final Caller identity;
  private final Headers addressed;
  private final Headers rpcCaller;
  private final UsageLedger.Account account;
  private final Map<String, QueueTarget> queues = new HashMap<>();
  private final Map<String, Manifest.Workflow> workflows = new HashMap<>();

  /**
   * Works it out.
   *
   * @param queues declares a queue, and returns its state
   */
  DeployedApp(
      Deployment deployment, UsageLedger.Account account, Function<QueueId, QueueState> queues) {
    this.deployment = deployment;
    this.identity = deployment.identity();
    this.account = account;
    String owner = identity.app().owner();
    addressed =
        Headers.of("host", owner + ".w7s.internal")
            .with("x-w7s-org-slug", owner)
            .with("x-w7s-repo-slug", identity.app().repo());
    rpcCaller =
        Headers.of("x-w7s-rpc", "1")
            .with("x-w7s-rpc-caller-owner", owner)
            .with("x-w7s-rpc-caller-repo", identity.app().repo())
            .with("x-w7s-rpc-caller-repository", identity.app().toString())
            .with("x-w7s-rpc-caller-environment", identity.environment().name());
    for (Manifest.Queue queue : deployment.manifest().queues()) {
      var id = new QueueId(identity.app(), identity.environment(), queue.name());
      this.queues.put(queue.name(), queueTarget(queue, queues.apply(id)));
    }
    for (Manifest.Workflow workflow : deployment.manifest().workflows()) {
      workflows.put(workflow.name(), workflow);
    }
  }

  /**
   * A queue that the app declares.
   *
   * @param physicalName what the platform calls it
   * @param headers all headers of a delivery
   * @param state what is on it
   */
  record QueueTarget(
      String name, String physicalName, String consumer, Headers headers, QueueState state) {}

  private QueueTarget queueTarget(Manifest.Queue queue, QueueState state) {
    String physicalName = PlatformNames.queue(identity, queue.name());
    return new QueueTarget(
        queue.name(),
        physicalName,
        queue.consumer(),
        deliveryHeaders(queue.consumer())
            .with("x-w7s-queue", queue.name())
            .with("x-w7s-queue-name", physicalName),
        state);
  }

  Caller identity() {
    return identity;
  }

  /** In a time that is the same wherever the two differ. */
  boolean hasToken(Kind kind, byte[] shown) {
    Tokens tokens = deployment.tokens().orElse(null);
    return tokens != null
        && MessageDigest.isEqual(tokens.of(kind).getBytes(StandardCharsets.UTF_8), shown);
  }

  UsageLedger.Account account() {
    return account;
  }

  Manifest manifest() {
    return deployment.manifest();
  }

  Deployment deployment() {
    return deployment;
  }

  @Nullable AppEndpoint endpoint() {
    return deployment.endpoint().orElse(null);
  }

  @Nullable QueueTarget queue(String name) {
    return queues.get(name);
  }

  Manifest.@Nullable Workflow workflow(String name) {
    return workflows.get(name);
  }

  /** The other owners and apps that may make calls of a kind. */
  List<String> allowed(Kind kind) {
    return switch (kind) {
      case RPC -> manifest().rpcAllow();
      case QUEUE -> manifest().queueAllow();
      case WORKFLOW -> manifest().workflowAllow();
      case EVENTS -> manifest().eventsAllow();
    };
  }

  /** The headers that say whose backend a request is for. */
  Headers addressed() {
    return addressed;
  }

  /** The headers that say who makes an RPC. */
  Headers rpcCaller() {
    return rpcCaller;
  }

  /** The headers that each delivery of the platform to a path of this app has. */
  Headers deliveryHeaders(String path) {
    return JSON.with(addressed).with("x-w7s-original-path", withoutQuery(path));
  }

  static String withoutQuery(String path) {
    int end = path.indexOf('?');
    return end < 0 ? path : path.substring(0, end);
  }

  static String query(String path) {
    int end = path.indexOf('?');
    return end < 0 ? "" : path.substring(end + 1);
  }
}
