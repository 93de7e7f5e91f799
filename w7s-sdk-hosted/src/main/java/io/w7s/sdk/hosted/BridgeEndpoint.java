package io.w7s.sdk.hosted;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.config.Setting;
import io.w7s.sdk.internal.json.Excerpt;
import io.w7s.sdk.okhttp.HttpBase;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.net.URI;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The bridge of the app, which has the tokens and passes on what is signed. It marks each response:
 * as relayed, or as its own, and then whether it is certain that nothing was passed on.
 */
final class BridgeEndpoint implements Endpoint {

  private static final int LONGEST_ERROR = 500;

  /** The path under which a bridge takes calls. */
  static final String PATH = "/_w7s/bridge";

  /** The header in which a bridge says where a response comes from. */
  static final String MARK = "x-w7s-bridge";

  private static final String RELAYED = "relayed";

  /** In place of a mark of the bridge: the request was not sent. */
  static final String NOT_SENT = "not sent";

  private final HttpBase base;
  private final BridgeSignature signature;

  BridgeEndpoint(W7sConfig config, TimeSource time) {
    URI url = config.bridgeUrl().orElseThrow();
    HttpBase base = HttpBase.of(URI.create(url + PATH));
    if (base == null) {
      throw new ConfigurationException(
          "The bridge's URL cannot be called: change %s.".formatted(Setting.BRIDGE_URL));
    }
    SigningSecrets secrets =
        config
            .bridgeSecrets()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "No secret to sign calls to the bridge with: set %s."
                            .formatted(Setting.BRIDGE_SECRET)));
    this.base = base;
    this.signature = new BridgeSignature(url, secrets, time);
  }

  @Override
  public String name() {
    return "the bridge";
  }

  @Override
  public @Nullable HttpUrl url(String path, String query) {
    return base.at(path, query);
  }

  @Override
  public Request request(Token kind, Request.Builder request) {
    return request.build(); // it is signed when it is sent
  }

  @Override
  public OkHttpClient.Builder configured(OkHttpClient.Builder client) {
    return client.addInterceptor(signature);
  }

  @Override
  public <R> @Nullable Outcome<R> withoutPlatform(RawResponse response, ResponseOrigin from) {
    String mark = response.headers().first(MARK).orElse("");
    if (mark.equals(RELAYED)) {
      return null; // before its body, which may be a large one, is taken for an error
    }
    String error = from.excerpt(Excerpt.ofError(response.body()), LONGEST_ERROR);
    return switch (mark) {
      case "refused" -> Outcome.refused(response.status(), from + " refused the call" + error);
      case NOT_SENT -> Outcome.refused(response.status(), "not sent to " + from + error);
      case "failed" ->
          Outcome.deliveryUnknown(
              from + " failed with " + response.status() + " while it passed on the call" + error,
              null);
      default -> unmarked(from + "", response.status() + error);
    };
  }

  @Override
  public Outcome<RpcStream> opened(RpcStream response) {
    if (response.headers().first(MARK).orElse("").equals(RELAYED)) {
      return Outcome.success(response);
    }
    response.close();
    return unmarked(name(), "" + response.status());
  }

  private static <R> Outcome<R> unmarked(String bridge, String response) {
    return Outcome.deliveryUnknown(
        bridge
            + " did not respond, but something in between or instead of it, such as a proxy or, if "
            + Setting.BRIDGE_URL
            + " is wrong, another site, with "
            + response,
        null);
  }
}
