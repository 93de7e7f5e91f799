package io.w7s.sdk.app;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A method and path of an app that has a handler; see {@link W7sApp#routes()}. Immutable. */
public final class AppRoute {

  private final HandlerKind kind;
  private final String method;
  private final String path;
  private final String name;
  private final boolean isPublic;

  AppRoute(HandlerKind kind, String method, String path, String name, boolean isPublic) {
    this.kind = kind;
    this.method = method;
    this.path = path;
    this.name = name;
    this.isPublic = isPublic;
  }

  /** Returns what the handler handles. */
  public HandlerKind kind() {
    return kind;
  }

  /**
   * Returns the HTTP method, in upper case; {@code POST} for all but {@link HandlerKind#RPC} and
   * what the SDK adds for the runs of a durable workflow.
   */
  public String method() {
    return method;
  }

  /** Returns the path, with its variables in braces, for example {@code /orders/{orderId}}. */
  public String path() {
    return path;
  }

  /**
   * Returns the name of what is handled, as its reference has it: the queue, for an event the queue
   * that it arrives on, the workflow, the path of a schedule, or the method and path for RPC and
   * for what the SDK adds for the runs of a durable workflow.
   */
  public String name() {
    return name;
  }

  /** Returns whether anybody may call it; see {@link W7sApp.Builder#publicRoute}. */
  public boolean isPublic() {
    return isPublic;
  }

  /** Returns whether the other is a route whose properties are all equal. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AppRoute route
        && kind == route.kind
        && method.equals(route.method)
        && path.equals(route.path)
        && name.equals(route.name)
        && isPublic == route.isPublic;
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, method, path, name, isPublic);
  }

  /** Returns the method and the path. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
