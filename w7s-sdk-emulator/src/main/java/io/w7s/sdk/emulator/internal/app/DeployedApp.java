package io.w7s.sdk.emulator.internal.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.emulator.app.Tokens.Kind;
import io.w7s.sdk.emulator.internal.wire.WhatwgUrl;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.manifest.Manifest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A deployment, with everything prepared that each call and each delivery needs. Immutable. */
public final class DeployedApp {

  private static final Headers JSON = Headers.of("content-type", "application/json");

  private final Deployment deployment;
  private final AppInstance instance;
  private final Caller caller;
  private final Headers addressed;
  private final Headers rpcCaller;
  private final UsageLedger.Account account;
  private final Map<String, DeployedQueue> queues = new HashMap<>();
  private final Map<String, Manifest.Workflow> workflows = new HashMap<>();

  /**
   * Prepares a deployment.
   *
   * @param account where the usage of the app is counted
   */
  public DeployedApp(Deployment deployment, UsageLedger.Account account) {
    this.deployment = deployment;
    this.instance = deployment.instance();
    this.caller = instance.asCaller();
    this.account = account;
    String owner = instance.app().owner();
    addressed =
        Headers.of("host", owner + ".w7s.internal")
            .with("x-w7s-org-slug", owner)
            .with("x-w7s-repo-slug", instance.app().repo());
    rpcCaller =
        Headers.of("x-w7s-rpc", "1")
            .with("x-w7s-rpc-caller-owner", owner)
            .with("x-w7s-rpc-caller-repo", instance.app().repo())
            .with("x-w7s-rpc-caller-repository", instance.app().toString())
            .with("x-w7s-rpc-caller-environment", instance.environment().name());
    for (Manifest.Queue queue : deployment.manifest().queues()) {
      queues.put(queue.name(), deployed(queue));
    }
    for (Manifest.Workflow workflow : deployment.manifest().workflows()) {
      workflows.put(workflow.name(), workflow);
    }
  }

  /**
   * A queue that the app declares.
   *
   * @param id the queue
   * @param physicalName the platform's name for it
   * @param consumer the path that its batches go to
   * @param headers all headers of a delivery
   */
  public record DeployedQueue(QueueId id, String physicalName, String consumer, Headers headers) {}

  private DeployedQueue deployed(Manifest.Queue queue) {
    var id = new QueueId(instance, queue.name());
    String physicalName = id.physicalName();
    return new DeployedQueue(
        id,
        physicalName,
        queue.consumer(),
        deliveryHeaders(queue.consumer())
            .with("x-w7s-queue", queue.name())
            .with("x-w7s-queue-name", physicalName));
  }

  /** Returns the app together with its environment. */
  public AppInstance instance() {
    return instance;
  }

  /** Returns the app. */
  public AppId app() {
    return instance.app();
  }

  /** Returns the environment that the app is deployed to. */
  public Environment environment() {
    return instance.environment();
  }

  /** Returns the app as the receivers of its calls see it. */
  public Caller caller() {
    return caller;
  }

  /** Returns whether this is the token of the app; compares in constant time. */
  public boolean hasToken(Kind kind, byte[] shown) {
    Tokens tokens = deployment.tokens().orElse(null);
    return tokens != null
        && MessageDigest.isEqual(tokens.of(kind).getBytes(StandardCharsets.UTF_8), shown);
  }

  /** Returns where the usage of the app is counted. */
  public UsageLedger.Account account() {
    return account;
  }

  /** Returns the manifest of the app. */
  public Manifest manifest() {
    return deployment.manifest();
  }

  /** Returns the deployment, with its tokens. */
  public Deployment deployment() {
    return deployment;
  }

  /** Returns the backend of the app; null when it has none. */
  public @Nullable AppHandler handler() {
    return deployment.handler().orElse(null);
  }

  /** Returns a queue that the app declares; null when it declares none of that name. */
  public @Nullable DeployedQueue queue(String name) {
    return queues.get(name);
  }

  /** Returns a workflow that the app declares; null when it declares none of that name. */
  public Manifest.@Nullable Workflow workflow(String name) {
    return workflows.get(name);
  }

  /** Returns the owners and apps that may make calls of a kind, besides the own owner. */
  public List<String> allowed(Kind kind) {
    return switch (kind) {
      case RPC -> manifest().rpcAllow();
      case QUEUE -> manifest().queueAllow();
      case WORKFLOW -> manifest().workflowAllow();
      case EVENTS -> manifest().eventsAllow();
    };
  }

  /** Returns the headers that name this app as the receiver of a request. */
  public Headers addressed() {
    return addressed;
  }

  /** Returns the headers that name this app as the caller of an RPC. */
  public Headers rpcCaller() {
    return rpcCaller;
  }

  /** Returns the headers of every delivery to a path of this app. */
  public Headers deliveryHeaders(String path) {
    return JSON.with(addressed).with("x-w7s-original-path", WhatwgUrl.path(withoutQuery(path)));
  }

  /** Returns a path without its query. */
  public static String withoutQuery(String path) {
    int end = path.indexOf('?');
    return end < 0 ? path : path.substring(0, end);
  }

  /** Returns the query of a path, without the question mark; empty when there is none. */
  public static String query(String path) {
    int end = path.indexOf('?');
    return end < 0 ? "" : path.substring(end + 1);
  }
}
