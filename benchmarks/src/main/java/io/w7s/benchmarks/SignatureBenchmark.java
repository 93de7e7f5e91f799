package io.w7s.benchmarks;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.RequestSigner;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What it costs to let in a signed delivery, beside the digest and the HMAC that nothing can do
 * without. The signature is not remembered, so that the same request can be let in again.
 */
@Fork(jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SignatureBenchmark {

  private static final AppResponse OK = new AppResponse(200, Headers.none(), new byte[0]);

  /** The bytes of the body. */
  @Param({"1024", "65536"})
  private int bytes;

  private final SigningSecrets secrets = SigningSecrets.of(SigningSecrets.generate());
  private final RequestSigner bridge = RequestSigner.of(secrets);
  private final SignedHandler service =
      SignedHandler.builder(request -> OK, secrets).used((id, until) -> true).build();

  private AppRequest delivery;
  private byte[] text;
  private MessageDigest sha256;
  private Mac hmac;

  /** Makes the primitives, and a text as long as the one that is signed. */
  @Setup
  public void prepare() throws Exception {
    sha256 = MessageDigest.getInstance("SHA-256");
    hmac = Mac.getInstance("HmacSHA256");
    hmac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
    text = new byte[320];
    sign();
  }

  /** Signs the delivery again: a signature is valid for 5 minutes. */
  @Setup(Level.Iteration)
  public void sign() {
    byte[] body = new byte[bytes];
    Arrays.fill(body, (byte) 'x');
    delivery =
        bridge.sign(
            RequestKind.QUEUE,
            new AppRequest(
                "POST",
                "/_w7s/queues/jobs",
                "",
                Headers.of("content-type", "application/json")
                    .with("content-length", String.valueOf(bytes))
                    .with("host", "service.example.com")
                    .with("user-agent", "bridge")
                    .with("x-w7s-queue", "jobs")
                    .with("x-w7s-queue-name", "w7s-production-acme-worker-queue-jobs"),
                body));
    if (!service.handle(delivery).equals(OK)) {
      throw new IllegalStateException("the delivery was refused");
    }
  }

  /** The floor: the digest of the body, and an HMAC of the text. */
  @Benchmark
  public boolean digestAndHmacAlone() {
    byte[] digest = sha256.digest(delivery.body());
    System.arraycopy(digest, 0, text, 0, digest.length);
    return MessageDigest.isEqual(digest, hmac.doFinal(text));
  }

  /** Verifies the delivery, and hands it to an app that does nothing. */
  @Benchmark
  public AppResponse letIn() {
    return service.handle(delivery);
  }
}
