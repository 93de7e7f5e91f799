package io.w7s.sdk.signature;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.internal.json.JsonValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The vectors that Java and JavaScript are both tested with, from {@code bridge/test}. */
final class SignatureVectors {

  private static final Path FILE = Path.of("../bridge/test/signature-vectors.json");
  private static final Map<String, Object> ALL = read();

  private SignatureVectors() {}

  @SuppressWarnings("unchecked")
  private static Map<String, Object> read() {
    try {
      return (Map<String, Object>) JsonValues.parse(Files.readAllBytes(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Some fields. */
  record Fields(Map<String, Object> map) {

    String text(String name) {
      return (String) map.get(name);
    }

    long number(String name) {
      return ((Number) map.get(name)).longValue();
    }

    boolean flag(String name) {
      return (Boolean) map.get(name);
    }

    boolean has(String name) {
      return map.containsKey(name);
    }

    @SuppressWarnings("unchecked")
    Fields fields(String name) {
      return new Fields((Map<String, Object>) map.get(name));
    }

    /** Returns the name of a vector, for the report of its test. */
    @Override
    public String toString() {
      return text("name");
    }
  }

  static Fields fields(String name) {
    return new Fields(ALL).fields(name);
  }

  @SuppressWarnings("unchecked")
  static List<Fields> list(String name) {
    return ((List<Map<String, Object>>) ALL.get(name)).stream().map(Fields::new).toList();
  }

  static SigningSecrets secrets(Fields vector) {
    Fields secrets = vector.fields("secrets");
    SigningSecrets current = SigningSecrets.of(secrets.text("secret"));
    return secrets.has("previous")
        ? current.withPrevious(
            secrets.text("previous"), Instant.ofEpochSecond(secrets.number("previousUntil")))
        : current;
  }

  @SuppressWarnings("unchecked")
  static AppRequest request(Fields vector) {
    Fields request = vector.fields("request");
    String target = request.text("target");
    int question = target.indexOf('?');
    Headers.Builder headers = Headers.builder();
    ((List<List<String>>) request.map().get("headers"))
        .forEach(header -> headers.add(header.get(0), header.get(1)));
    return new AppRequest(
        request.text("method"),
        question < 0 ? target : target.substring(0, question),
        question < 0 ? "" : target.substring(question + 1),
        headers.build(),
        Base64.getDecoder().decode(request.text("body")));
  }
}
