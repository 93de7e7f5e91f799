package io.w7s.sdk.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.error.InvalidInputException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

/** One bit of anything that is signed, or of the signature, is flipped. */
class FlippedBitTest {

  private static final Instant NOW = SignedApp.NOW;

  private final SigningSecrets secrets = SigningSecrets.of(SigningSecrets.generate());
  private final FixedTime clock = new FixedTime(NOW);
  private final RequestSigner bridge = RequestSigner.of(secrets, clock);
  private final AtomicInteger reached = new AtomicInteger();
  private final SignedHandler service =
      SignedHandler.builder(
              request -> {
                reached.incrementAndGet();
                return new AppResponse(200, Headers.none(), new byte[0]);
              },
              secrets)
          .time(clock)
          .build();

  private final Map<RequestKind, AppRequest> signed = signed();

  private Map<RequestKind, AppRequest> signed() {
    var all = new EnumMap<RequestKind, AppRequest>(RequestKind.class);
    SignedApp.requests()
        .forEach(
            (kind, request) -> {
              if (kind != RequestKind.PUBLIC) { // it has neither headers nor a body
                all.put(kind, bridge.sign(kind, SignedApp.withQuery(request, "a=1&b=2")));
              }
            });
    return all;
  }

  @Property(tries = 5_000)
  @Label("a request with one flipped bit reaches no handler")
  void aRequestWithOneFlippedBitReachesNoHandler(
      @ForAll RequestKind kind, @ForAll int fieldChoice, @ForAll int bitChoice) {
    AppRequest request = signed.getOrDefault(kind, signed.get(RequestKind.RPC));
    List<String> names = new ArrayList<>();
    request.headers().forEach((name, value) -> names.add(name));
    int field = Math.floorMod(fieldChoice, names.size() + 4);

    AppRequest changed;
    try {
      changed =
          switch (field) {
            case 0 -> SignedApp.withMethod(request, flip(request.method(), bitChoice));
            case 1 -> SignedApp.withPath(request, flip(request.path(), bitChoice));
            case 2 -> SignedApp.withQuery(request, flip(request.query(), bitChoice));
            case 3 -> SignedApp.withBody(request, flip(request.body(), bitChoice));
            default -> {
              String name = names.get(field - 4);
              String value = request.headers().first(name).orElseThrow();
              yield SignedApp.with(request, name, flip(value, bitChoice));
            }
          };
    } catch (InvalidInputException noHeader) { // a control character: no server hands it on
      return;
    }
    if (changed.method().equalsIgnoreCase(request.method()) && field == 0) {
      return; // the case of a method does not count
    }

    AppResponse response = service.handle(changed);

    assertThat(response.status()).as("%s, field %d", request, field).isIn(400, 401);
    assertThat(reached).hasValue(0);
  }

  private static String flip(String text, int choice) {
    int at = Math.floorMod(choice, text.length());
    char flipped = (char) (text.charAt(at) ^ (1 << Math.floorMod(choice >> 16, 8)));
    return text.substring(0, at) + flipped + text.substring(at + 1);
  }

  private static byte[] flip(byte[] bytes, int choice) {
    byte[] flipped = bytes.clone();
    flipped[Math.floorMod(choice, bytes.length)] ^= (byte) (1 << Math.floorMod(choice >> 16, 8));
    return flipped;
  }
}
