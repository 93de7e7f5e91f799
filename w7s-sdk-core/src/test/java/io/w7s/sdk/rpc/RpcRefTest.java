package io.w7s.sdk.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RpcRefTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final TypeRef<String> TEXT = TypeRef.of(String.class);
  private static final TypeRef<Void> NOTHING = TypeRef.of(Void.class);

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void aMethodWithoutABodyHasNoInput(String method) {
    assertThatThrownBy(() -> SHOP.rpc(method, "/orders", TEXT, TEXT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(method + " /orders", "String", "Void");
    assertThat(SHOP.rpc(method, "/orders", NOTHING, TEXT).method()).isEqualTo(method);
  }

  @Test
  void anUnknownMethodIsRefusedWithTheKnownOnesInOrder() {
    assertThatThrownBy(() -> SHOP.rpc("FE\nTCH", "/orders", NOTHING, TEXT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
        .hasMessageNotContaining("\n");
  }
}
