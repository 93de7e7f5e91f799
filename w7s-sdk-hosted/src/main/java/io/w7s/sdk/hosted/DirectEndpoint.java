package io.w7s.sdk.hosted;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.config.Setting;
import io.w7s.sdk.okhttp.HttpBase;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import java.util.EnumMap;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** The platform itself, with a token for each kind of call. */
final class DirectEndpoint implements Endpoint {

  private final HttpBase base;
  private final Map<Token, String> proofs = new EnumMap<>(Token.class);

  DirectEndpoint(W7sConfig config) {
    HttpBase base = HttpBase.of(config.url());
    if (base == null) {
      throw new ConfigurationException(
          "The platform's URL cannot be called: change %s.".formatted(Setting.URL));
    }
    this.base = base;
    for (Token kind : Token.values()) {
      config.token(kind).ifPresent(token -> proofs.put(kind, "Bearer " + token));
    }
  }

  @Override
  public @Nullable HttpUrl url(String path, String query) {
    return base.at(path, query);
  }

  @Override
  public String name() {
    return "the platform";
  }

  @Override
  public OkHttpClient.Builder configured(OkHttpClient.Builder client) {
    return client;
  }

  /** The platform marks nothing: status and shape have to tell. */
  @Override
  public <R> @Nullable Outcome<R> withoutPlatform(RawResponse response, ResponseOrigin from) {
    return null;
  }

  @Override
  public Outcome<RpcStream> opened(RpcStream response) {
    return Outcome.success(response);
  }

  @Override
  public Request request(Token kind, Request.Builder request) {
    String proof = proofs.get(kind);
    if (proof == null) {
      throw new ConfigurationException(
          "No token: set %s (variable %s)%s."
              .formatted(kind.property(), kind.variable(), alternative(kind)));
    }
    return request.header("authorization", proof).build();
  }

  private static String alternative(Token kind) {
    return kind == Token.EVENTS
        ? ", or %s to the app, owner/repo, that routes events where the platform does not"
            .formatted(Setting.EVENT_ROUTER)
        : "";
  }
}
