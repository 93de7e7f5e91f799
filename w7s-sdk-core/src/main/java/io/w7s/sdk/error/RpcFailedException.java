package io.w7s.sdk.error;

import io.w7s.sdk.Headers;
import io.w7s.sdk.internal.error.FailedCall;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The RPC target itself responded with a status other than 2xx. It is unknown what the target did
 * before it failed.
 */
public final class RpcFailedException extends CallException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN_BYTES = 200;

  /** Characters that could break or reorder the line that a message is shown on. */
  private static final Pattern BREAKS =
      Pattern.compile("[\\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]");

  private final int status;
  private final Headers headers;
  private final byte[] body;

  /**
   * Creates an exception for the target's failure. Not API: for the SDK itself.
   *
   * @param call the call that failed
   * @param status the target's status, not 2xx
   * @param headers the target's headers
   * @param body the target's body, at most 1 KiB of it; not copied
   */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public RpcFailedException(FailedCall call, int status, Headers headers, byte[] body) {
    super(call, "failed with status " + status + excerpt(body), null);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  private static String excerpt(byte[] body) {
    if (body.length == 0) {
      return "";
    }
    String text = new String(body, 0, Math.min(body.length, SHOWN_BYTES), StandardCharsets.UTF_8);
    String line = BREAKS.matcher(text).replaceAll(" ");
    return ": " + line + (body.length > SHOWN_BYTES ? "…" : "");
  }

  /** Returns the target's status, not 2xx. */
  public int status() {
    return status;
  }

  /** Returns the target's headers. */
  public Headers headers() {
    return headers;
  }

  /** Returns the first KiB of the target's body as UTF-8 text. */
  public String body() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
