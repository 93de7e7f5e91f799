package io.w7s.sdk.store.internal;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.store.StoreException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A store that the app's bridge is bound to, and calls for it. Thread-safe. */
public final class BoundStore {

  /** The form of a binding's name in the manifest; the platform's own begin with W7S_. */
  private static final Pattern NAME = Pattern.compile("(?!W7S_)[A-Za-z_$][A-Za-z0-9_$]{0,99}");

  private static final byte[] NOTHING = {};
  private static final int NOT_FOUND = 404;
  private static final JsonCodec JSON = JacksonCodec.create();
  private static final TypeRef<Map<String, Object>> OBJECT = new TypeRef<>() {};

  private final Bridge bridge;
  private final String path;

  /**
   * Creates a store.
   *
   * @param kind {@code kv}, {@code r2} or {@code d1}
   * @param binding the name of the binding
   * @throws InvalidInputException when it is not one
   */
  public BoundStore(Bridge bridge, String kind, String binding) {
    this.bridge = requireNonNull(bridge, "bridge");
    if (!NAME.matcher(requireNonNull(binding, "binding")).matches()) {
      throw new InvalidInputException(
          "binding",
          Texts.shown(binding),
          "the name of a binding in w7s.json, such as FILES, that does not begin with W7S_");
    }
    this.path = "/" + kind + "/" + binding;
  }

  /** Returns a parameter of a query. */
  public static String parameter(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Makes a call.
   *
   * @param what what is tried, for the exception
   * @param query of {@linkplain #parameter parameters}, with {@code &} between them
   * @return the body of the response; empty where there is nothing with the key
   * @throws StoreException when the bridge refused it, or it or the store failed
   */
  public Optional<byte[]> call(String what, String method, String query, byte[] body) {
    try {
      RawResponse response = bridge.call(method, path, query, body);
      return response.status() == NOT_FOUND ? Optional.empty() : Optional.of(response.body());
    } catch (InvalidInputException invalid) {
      throw invalid;
    } catch (W7sException failed) {
      throw new StoreException(what, failed);
    }
  }

  /** Makes a call without a body whose response is JSON. */
  public <T> T get(String what, String query, Class<T> type) {
    return read(what, call(what, "GET", query, NOTHING), type);
  }

  /** Makes a call with a JSON object whose response is JSON. */
  public <T> T post(String what, Map<String, Object> body, Class<T> type) {
    return read(what, call(what, "POST", "", JSON.encode(body, OBJECT)), type);
  }

  private static <T> T read(String what, Optional<byte[]> response, Class<T> type) {
    try {
      T result = response.isPresent() ? JSON.decode(response.get(), TypeRef.of(type)) : null;
      if (result != null) {
        return result;
      }
    } catch (CodecException unreadable) {
      throw new StoreException(what, unreadable);
    }
    throw new StoreException(what + ": the bridge responded without a result", null);
  }

  /** Returns a parameter with which a list goes on; empty for its first page. */
  public static String cursor(@Nullable String cursor) {
    return cursor == null ? "" : "&" + parameter("cursor", cursor);
  }
}
