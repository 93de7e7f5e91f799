package io.w7s.sdk;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.workflow.WorkflowRef;

/**
 * A reference to an app, which creates references to what the app declares: its queues, workflows
 * and routes. Each of these is declared once, as a constant, and then used to call, to handle and
 * to assert. Immutable.
 *
 * <pre>{@code
 * AppRef WORKER = AppRef.of("acme/worker");
 * QueueRef<Job> JOBS = WORKER.queue("jobs", Job.class);
 * RpcRef<Void, List<Order>> ORDERS = WORKER.get("/orders/{customer}", new TypeRef<>() {});
 * }</pre>
 *
 * <p>Every method throws an {@link InvalidInputException} that names the field when a name or a
 * path is not valid. Types are given as a class, or as a {@link TypeRef} where they are generic;
 * {@code Void} stands for no body.
 *
 * @param id the app's identity
 */
public record AppRef(AppId id) {

  private static final TypeRef<Void> NOTHING = TypeRef.of(Void.class);

  /** Creates a reference. */
  public AppRef {
    requireNonNull(id, "id");
  }

  /**
   * Returns a reference to an app.
   *
   * @param ownerAndRepo the app, {@code owner/repo}
   * @throws InvalidInputException when there is not exactly one slash, or a part is not valid
   */
  public static AppRef of(String ownerAndRepo) {
    return new AppRef(AppId.parse(ownerAndRepo));
  }

  /**
   * Returns a queue whose messages are of a class.
   *
   * @param name the queue's name: 1 to 100 letters, digits, {@code .}, {@code _} or {@code -}
   * @param type the type of a message body
   */
  public <T> QueueRef<T> queue(String name, Class<T> type) {
    return queue(name, TypeRef.of(type));
  }

  /** Returns a queue whose messages have a generic type; see {@link #queue(String, Class)}. */
  public <T> QueueRef<T> queue(String name, TypeRef<T> type) {
    String checked = Names.queue("queue name", requireNonNull(name, "name"));
    return new QueueRef<>(id, checked, Names.defaultQueuePath(checked), type, false);
  }

  /**
   * Returns a workflow.
   *
   * @param name the workflow's name: 1 to 100 letters, digits, {@code .}, {@code _} or {@code -}
   * @param input the type of the workflow's input
   * @param output the type of the workflow's output
   */
  public <I, O> WorkflowRef<I, O> workflow(String name, Class<I> input, Class<O> output) {
    return workflow(name, type("input", input), type("output", output));
  }

  /** Returns a workflow with generic types; see {@link #workflow(String, Class, Class)}. */
  public <I, O> WorkflowRef<I, O> workflow(String name, TypeRef<I> input, TypeRef<O> output) {
    String checked = Names.workflow("workflow name", requireNonNull(name, "name"));
    return new WorkflowRef<>(id, checked, Names.defaultWorkflowPath(checked), input, output);
  }

  /**
   * Returns a GET route.
   *
   * @param path the path, from its leading slash; a segment in braces is a variable: {@code
   *     /orders/{orderId}}
   * @param output the type of the body of a 2xx response
   */
  public <O> RpcRef<Void, O> get(String path, Class<O> output) {
    return get(path, type("output", output));
  }

  /** Returns a GET route with a generic output; see {@link #get(String, Class)}. */
  public <O> RpcRef<Void, O> get(String path, TypeRef<O> output) {
    return rpc("GET", path, NOTHING, output);
  }

  /**
   * Returns a POST route.
   *
   * @param path the path, as for {@link #get(String, Class)}
   * @param input the type of the request body
   * @param output the type of the body of a 2xx response
   */
  public <I, O> RpcRef<I, O> post(String path, Class<I> input, Class<O> output) {
    return post(path, type("input", input), type("output", output));
  }

  /** Returns a POST route with generic types; see {@link #post(String, Class, Class)}. */
  public <I, O> RpcRef<I, O> post(String path, TypeRef<I> input, TypeRef<O> output) {
    return rpc("POST", path, input, output);
  }

  /** Returns a PUT route; see {@link #post(String, Class, Class)}. */
  public <I, O> RpcRef<I, O> put(String path, Class<I> input, Class<O> output) {
    return put(path, type("input", input), type("output", output));
  }

  /** Returns a PUT route with generic types; see {@link #post(String, Class, Class)}. */
  public <I, O> RpcRef<I, O> put(String path, TypeRef<I> input, TypeRef<O> output) {
    return rpc("PUT", path, input, output);
  }

  /** Returns a DELETE route; see {@link #get(String, Class)}. */
  public <O> RpcRef<Void, O> delete(String path, Class<O> output) {
    return delete(path, type("output", output));
  }

  /** Returns a DELETE route with a generic output; see {@link #get(String, Class)}. */
  public <O> RpcRef<Void, O> delete(String path, TypeRef<O> output) {
    return rpc("DELETE", path, NOTHING, output);
  }

  /**
   * Returns a route of any method.
   *
   * @param method GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, in upper or lower case
   * @param path the path, as for {@link #get(String, Class)}
   * @param input the type of the request body
   * @param output the type of the body of a 2xx response
   */
  public <I, O> RpcRef<I, O> rpc(String method, String path, TypeRef<I> input, TypeRef<O> output) {
    return new RpcRef<>(id, method, path, input, output);
  }

  private static <T> TypeRef<T> type(String parameter, Class<T> type) {
    return TypeRef.of(requireNonNull(type, parameter));
  }

  /** Returns {@code owner/repo}. */
  @Override
  public String toString() {
    return id.toString();
  }
}
