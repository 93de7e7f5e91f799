package io.w7s.sdk.bridge;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signatures as decision 20 has them, also those that no signer makes. */
final class Secrets {

  static final String ONE = "whsec_" + "b25lIG9uZSBvbmUgb25lIG9uZSBvbmUgb25lIG9uZS4=";
  static final String OTHER = "whsec_" + "b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgby4=";

  private static final List<String> SIGNED =
      List.of(
          "content-type",
          "x-w7s-rpc",
          "x-w7s-rpc-caller-owner",
          "x-w7s-rpc-caller-repo",
          "x-w7s-rpc-caller-repository",
          "x-w7s-rpc-caller-environment",
          "x-w7s-queue",
          "x-w7s-queue-name",
          "x-w7s-workflow",
          "x-w7s-workflow-name",
          "x-w7s-workflow-instance",
          "x-w7s-schedule",
          "x-w7s-schedule-cron",
          "x-w7s-schedule-time",
          "x-w7s-org-slug",
          "x-w7s-repo-slug",
          "x-w7s-original-path",
          "x-w7s-queue-delay-seconds",
          "x-w7s-workflow-instance-id");

  private Secrets() {}

  static long now() {
    return System.currentTimeMillis() / 1000;
  }

  /** Returns a call of the service with a signature of now. */
  static AppRequest call(String method, String path, String query, String body) {
    return signed(ONE, "call", unsigned(method, path, query, body), now());
  }

  static AppRequest unsigned(String method, String path, String query, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Headers headers =
        body.isEmpty() ? Headers.none() : Headers.of("content-type", "application/json");
    return new AppRequest(method, path, query, headers, bytes);
  }

  static AppRequest signed(String secret, String kind, AppRequest request, long time) {
    String id = UUID.randomUUID().toString();
    String signature = signature(secret, id, "" + time, kind, target(request), request);
    Headers headers =
        request
            .headers()
            .with("x-w7s-signature-id", id)
            .with("x-w7s-signature-time", "" + time)
            .with("x-w7s-signature", signature)
            .with("x-w7s-kind", kind);
    return with(request, headers);
  }

  static AppRequest with(AppRequest request, Headers headers) {
    return new AppRequest(
        request.method(), request.path(), request.query(), headers, request.body());
  }

  private static String target(AppRequest request) {
    return request.query().isEmpty() ? request.path() : request.path() + "?" + request.query();
  }

  /** Returns whether a request has a signature of {@link #ONE} for a target. */
  static boolean isSigned(AppRequest request, String target) {
    String right =
        signature(
            ONE,
            request.headers().first("x-w7s-signature-id").orElseThrow(),
            request.headers().first("x-w7s-signature-time").orElseThrow(),
            request.headers().first("x-w7s-kind").orElseThrow(),
            target,
            request);
    String all = request.headers().first("x-w7s-signature").orElseThrow();
    return List.of(all.split(" ")).contains(right);
  }

  private static String signature(
      String secret, String id, String time, String kind, String target, AppRequest request) {
    var text = new StringBuilder(id + "." + time + ".w7s-request-1\n" + kind + "\n");
    text.append(request.method()).append('\n').append(target).append('\n');
    for (String name : SIGNED) {
      request.headers().first(name).ifPresent(value -> text.append(name + ":" + value + "\n"));
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(request.body());
      text.append(HexFormat.of().formatHex(digest)).append('\n');
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring(6)), "HmacSHA256"));
      byte[] signature = mac.doFinal(text.toString().getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
