package io.w7s.sdk.rpc;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.ResponseBodies;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The response of a handler that chooses the status and the headers. Immutable.
 *
 * <pre>{@code
 * app.onReply(ORDER, request -> {
 *   Order order = orders.find(request.variable("orderId"));
 *   return order == null
 *       ? RpcReply.error(404, Map.of("error", "no such order"))
 *       : RpcReply.of(200, order).header("cache-control", "no-store");
 * });
 * }</pre>
 *
 * @param <O> what the body is unless the reply is an error: the output of the route
 */
public final class RpcReply<O> {

  /** What a server says about the bytes that it writes. A handler does not write them. */
  private static final Set<String> SERVERS_OWN =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "date",
          "keep-alive",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final int status;
  private final Headers headers;
  private final @Nullable O body;
  private final @Nullable Object errorBody;

  private RpcReply(int status, Headers headers, @Nullable O body, @Nullable Object errorBody) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.errorBody = errorBody;
  }

  /**
   * Returns a reply with a body of the route's own type.
   *
   * @param status the HTTP status, 200 to 599
   * @param body the body, written as the route's output; null for none. HTTP allows no body with
   *     204, 205 and 304
   * @throws InvalidInputException when the status is out of range, or allows no body and there is
   *     one
   */
  public static <O> RpcReply<O> of(int status, @Nullable O body) {
    if (body != null && !ResponseBodies.isAllowed(status)) {
      throw new InvalidInputException(
          "reply body", "a body with status " + status, "null, because HTTP allows none with it");
    }
    return new RpcReply<>(checked(status, 200), Headers.none(), body, null);
  }

  /**
   * Returns a reply without a body.
   *
   * @param status the HTTP status, 200 to 599
   * @throws InvalidInputException when the status is out of range
   */
  public static <O> RpcReply<O> empty(int status) {
    return of(status, null);
  }

  /**
   * Returns a reply that says why there is no result, with a body of any type. With a header after
   * it, the compiler needs the type of the route: {@code RpcReply.<Order>error(...).header(...)}.
   *
   * @param status the HTTP status, 400 to 599
   * @param body the body, written as JSON by its own class
   * @throws InvalidInputException when the status is out of range
   */
  public static <O> RpcReply<O> error(int status, Object body) {
    return new RpcReply<>(checked(status, 400), Headers.none(), null, requireNonNull(body, "body"));
  }

  private static void refuseServersOwn(String name) {
    if (SERVERS_OWN.contains(name)) {
      throw new InvalidInputException(
          "reply header", Names.quoted(name), "a header that does not belong to the server");
    }
  }

  private static int checked(int status, int lowest) {
    if (status < lowest || status > 599) {
      throw new InvalidInputException("reply status", String.valueOf(status), lowest + " to 599");
    }
    return status;
  }

  /**
   * Returns this reply with a header in place of those of the same name.
   *
   * @throws InvalidInputException when the name or the value is not valid in HTTP, or the header
   *     belongs to the server that sends the reply: {@code content-encoding}, {@code
   *     content-length}, {@code transfer-encoding}, {@code connection}, {@code date} and the like
   */
  public RpcReply<O> header(String name, String value) {
    return headers(headers.with(name, value));
  }

  /**
   * Returns this reply with these headers in place of all.
   *
   * @throws InvalidInputException as {@link #header}
   */
  public RpcReply<O> headers(Headers headers) {
    headers.forEach((name, value) -> refuseServersOwn(name));
    return new RpcReply<>(status, headers, body, errorBody);
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the headers that the handler adds. */
  public Headers headers() {
    return headers;
  }

  /** Returns the body; null for none, and for an error. */
  public @Nullable O body() {
    return body;
  }

  /** Returns the body of an error; null for any other reply. */
  public @Nullable Object errorBody() {
    return errorBody;
  }

  /** Returns the status and the names of the headers; not the body, which may be secret. */
  @Override
  public String toString() {
    return "RpcReply[status=" + status + ", headers=" + headers + "]";
  }
}
