package io.w7s.sdk.hosted;

import io.w7s.sdk.W7sConfig.Token;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Where the platform is reached, and how it is told who calls. Thread-safe. */
interface Endpoint {

  /**
   * Returns the URL of a path of the platform's API; null where it cannot be sent as it is.
   *
   * @param path percent-encoded, with its leading slash
   * @param query percent-encoded; empty for none
   */
  @Nullable HttpUrl url(String path, String query);

  /**
   * Returns a request, now with the proof of who calls.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when there is none of this kind
   */
  Request signed(Token kind, Request.Builder request);
}
