package io.w7s.sdk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.RequestSigner;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.signature.UsedSignatures;
import io.w7s.sdk.testing.contract.UsedSignaturesContract;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The memory of used signatures on each database. */
class JdbcUsedSignaturesTest {

  private static final Duration VALID = Duration.ofMinutes(5);

  /** What every database has: the margin for its clock. */
  private static final Duration MARGIN = Duration.ofMinutes(10);

  private static final SigningSecrets SECRETS = SigningSecrets.of(SigningSecrets.generate());
  private static final RequestSigner BRIDGE = RequestSigner.of(SECRETS);

  @Nested
  class OnPostgresql extends Contract {
    OnPostgresql() {
      super(Databases.POSTGRESQL);
    }
  }

  @Nested
  class OnSqlite extends Contract {
    OnSqlite() {
      super(Databases.SQLITE);
    }
  }

  @Nested
  class OnH2 extends Contract {
    OnH2() {
      super(Databases.H2);
    }
  }

  abstract static class Contract extends UsedSignaturesContract {

    private final DataSource dataSource;
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final JdbcUsedSignatures store;
    private final String id = UUID.randomUUID().toString();

    Contract(Databases database) {
      dataSource = database.dataSource();
      store = JdbcUsedSignatures.of(dataSource, time);
    }

    @Override
    protected UsedSignatures store() {
      return store;
    }

    @Override
    protected UsedSignatures another() {
      return JdbcUsedSignatures.of(dataSource, time);
    }

    @Override
    protected Instant now() {
      return time.now();
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }

    private void purgeAll() {
      int purged;
      do {
        purged = store.purge();
      } while (purged > 0);
    }

    @Test
    void purgesByItselfWhatHasEndedLongAgo() {
      time.advance(Duration.ofDays(1));
      purgeAll(); // what other tests have left
      Instant end = now().plus(VALID);
      store.firstUse(id, end);
      time.advance(VALID.plus(MARGIN).minusMillis(1));
      assertThat(store.purge()).isZero();

      time.advance(Duration.ofMillis(1));
      store.firstUse(id + "2", now().plus(VALID)); // deletes the other

      assertThat(store.purge()).isZero();
      assertThat(store.firstUse(id, end)).isTrue();
    }

    @Test
    void goesByTheDatabasesClockWhenNoneIsSet() {
      JdbcUsedSignatures real = JdbcUsedSignatures.of(dataSource);
      Instant end = Instant.now().plus(VALID);
      assertThat(real.firstUse(id, end)).isTrue();
      real.purge();

      assertThat(real.firstUse(id, end)).isFalse();
    }

    @Test
    void refusesIdsThatNoSignatureHas() {
      for (String bad : List.of("short", "x".repeat(65), id + "\u0000", id + ".", "é".repeat(20))) {
        assertThatThrownBy(() -> store.firstUse(bad, now()))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("signature id");
      }
    }

    @Test
    void oneOfTwoServicesHandlesARequestThatIsSentToBoth() {
      var handled = new ArrayList<String>();
      SignedHandler one = service(JdbcUsedSignatures.of(dataSource), handled, "one");
      SignedHandler two = service(JdbcUsedSignatures.of(dataSource), handled, "two");
      AppRequest request = signedDelivery();

      assertThat(two.handle(request).status()).isEqualTo(200);
      assertThat(one.handle(request).status()).isEqualTo(401);
      assertThat(two.handle(request).status()).isEqualTo(401);
      assertThat(handled).containsExactly("two");
    }
  }

  /** The platform delivers again what was refused with 503. */
  @Test
  void aServiceRefusesWhileItsDatabaseIsDown() throws Exception {
    var handled = new ArrayList<String>();
    HikariDataSource dataSource = Databases.sqlite();
    StoreSchema.migrate(dataSource);
    SignedHandler service = service(JdbcUsedSignatures.of(dataSource), handled, "one");
    assertThat(service.handle(signedDelivery()).status()).isEqualTo(200);
    dataSource.close();

    assertThat(service.handle(signedDelivery()).status()).isEqualTo(503);
    assertThat(handled).hasSize(1);
  }

  private static SignedHandler service(JdbcUsedSignatures used, List<String> handled, String name) {
    return SignedHandler.builder(
            request -> {
              handled.add(name);
              return new AppResponse(200, Headers.none(), new byte[0]);
            },
            SECRETS)
        .used(used)
        .build();
  }

  private static AppRequest signedDelivery() {
    return BRIDGE.sign(
        RequestKind.QUEUE,
        new AppRequest(
            "POST",
            "/_w7s/queues/jobs",
            "",
            Headers.of("x-w7s-queue", "jobs"),
            "{}".getBytes(StandardCharsets.UTF_8)));
  }
}
