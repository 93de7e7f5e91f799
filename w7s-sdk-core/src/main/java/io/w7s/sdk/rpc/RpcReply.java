package io.w7s.sdk.rpc;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import org.jspecify.annotations.Nullable;

/**
 * What a handler answers when it wants a say in status and headers. Immutable.
 *
 * @param status the HTTP status, 200 to 599
 * @param headers the headers to add
 * @param body the body, written as JSON by its own type; null for none
 */
public record RpcReply(int status, Headers headers, @Nullable Object body) {

  /** Checks the status. */
  public RpcReply {
    if (status < 200 || status > 599) {
      throw new InvalidInputException("reply status", String.valueOf(status), "200 to 599");
    }
  }

  /** Returns a reply with a body. */
  public static RpcReply of(int status, @Nullable Object body) {
    return new RpcReply(status, Headers.none(), body);
  }

  /** Returns a reply without a body. */
  public static RpcReply status(int status) {
    return of(status, null);
  }

  /** Returns this reply with a header set. */
  public RpcReply header(String name, String value) {
    return new RpcReply(status, headers.with(name, value), body);
  }

  /** Returns the status and the names of the headers; not the body, for it may be secret. */
  @Override
  public String toString() {
    return "RpcReply[status=" + status + ", headers=" + headers + "]";
  }
}
