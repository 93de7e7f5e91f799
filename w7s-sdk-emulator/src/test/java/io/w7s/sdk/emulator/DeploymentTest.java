package io.w7s.sdk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.UnauthenticatedException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.rpc.RpcRef;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Who is deployed, whose a token is, and who may call whom. */
class DeploymentTest {

  private static final AppId GREETER = AppId.parse("acme/greeter");
  private static final RpcRef<Void, String> HELLO =
      AppRef.of("acme/greeter").get("/hello", String.class);

  private final World world = new World();

  private static W7sApp greeter(String greeting) {
    return W7sApp.builder(AppRef.of("acme/greeter")).on(HELLO, request -> greeting).build();
  }

  private int status(String token) {
    return world
        .platform
        .controlPlane()
        .handle(
            new AppRequest(
                "GET",
                "/api/v1/rpc/acme/greeter/hello",
                "",
                Headers.of("authorization", "Bearer " + token),
                new byte[0]))
        .status();
  }

  @Test
  void aRedeployBringsNewTokensAndForgetsTheOldOnes() {
    world.deploy(greeter("hello"));
    Deployment shop = Deployment.withoutBackend(AppId.parse("acme/shop"), Manifest.empty());
    Tokens first = world.platform.deploy(shop).tokens().orElseThrow();
    assertThat(status(first.rpc())).isEqualTo(200);
    Tokens second = world.platform.deploy(shop).tokens().orElseThrow();
    assertThat(second.rpc()).isNotEqualTo(first.rpc());
    assertThat(status(first.rpc())).isEqualTo(401);
    assertThat(status(second.rpc())).isEqualTo(200);
    assertThat(status(second.queue())).as("a token of another kind").isEqualTo(401);
  }

  @Test
  void aRedeployReplacesTheBackend() {
    W7s shop = world.as("acme/shop");
    world.deploy(greeter("hello"));
    assertThat(shop.rpc().call(HELLO)).isEqualTo("hello");
    world.deploy(greeter("good morning"));
    assertThat(shop.rpc().call(HELLO)).isEqualTo("good morning");
  }

  @Test
  void aRedeployLeavesNoMomentWithoutADeployment() throws Exception {
    world.deploy(greeter("hello"));
    var redeployed = new AtomicBoolean();
    CompletableFuture<Integer> missed =
        CompletableFuture.supplyAsync(
            () -> {
              int times = 0;
              while (!redeployed.get()) {
                times += world.platform.deployment(AppInstance.of(GREETER)).isEmpty() ? 1 : 0;
              }
              return times;
            });
    for (int i = 0; i < 2_000; i++) {
      world.deploy(greeter("hello"));
    }
    redeployed.set(true);
    assertThat(missed.get(10, TimeUnit.SECONDS)).isZero();
  }

  /** Another thread deploys the app again when one of its two queues is gone already. */
  @Test
  void removingBesideDeployingLeavesAnAppWithAllOrNothing() throws Exception {
    AppRef ref = AppRef.of("acme/worker");
    W7sApp worker =
        W7sApp.builder(ref)
            .on(ref.queue("jobs", String.class), message -> {})
            .on(ref.queue("mails", String.class), message -> {})
            .build();
    var deployer = new AtomicReference<Thread>();
    var platforms = new AtomicReference<Platform>();
    var beside =
        new World(
            builder ->
                builder.listener(
                    new PlatformListener() {
                      @Override
                      public void deadLettered(DeadLetter letter) {
                        var thread =
                            new Thread(() -> platforms.get().deploy(Deployment.of(worker)));
                        if (deployer.compareAndSet(null, thread)) {
                          thread.start();
                          while (thread.isAlive() && thread.getState() != Thread.State.BLOCKED) {
                            Thread.onSpinWait();
                          }
                        }
                      }
                    }));
    platforms.set(beside.platform);
    beside.deploy(worker);
    beside.as("acme/shop").queues().send(ref.queue("jobs", String.class), "a");
    beside.as("acme/shop").queues().send(ref.queue("mails", String.class), "b");
    beside.platform.remove(AppInstance.of(worker.id()));
    deployer.get().join();
    assertThat(beside.platform.deployment(AppInstance.of(worker.id()))).isPresent();
    assertThat(beside.platform.queues().all()).hasSize(2);
  }

  @Test
  void aTokenOfARemovedAppIsFreeAgain() {
    Tokens tokens = Tokens.of("r-secret", "q-secret", "w-secret", "e-secret");
    AppId one = AppId.parse("acme/one");
    world.deploy(greeter("hello"));
    world.platform.deploy(Deployment.withoutBackend(one, Manifest.empty()).withTokens(tokens));
    assertThat(status("r-secret")).isEqualTo(200);
    world.platform.remove(AppInstance.of(one));
    assertThat(status("r-secret")).isEqualTo(401);
    world.platform.deploy(
        Deployment.withoutBackend(AppId.parse("acme/two"), Manifest.empty()).withTokens(tokens));
    assertThat(status("r-secret")).isEqualTo(200);
  }

  @Test
  void aDeploymentThatThePlatformReturnedCanGoToAnotherEnvironment() {
    Deployment first =
        world.platform.deploy(
            Deployment.withoutBackend(AppId.parse("acme/shop"), Manifest.empty()));
    Deployment second = world.platform.deploy(first.in(Environment.of("preview")));
    assertThat(second.tokens().orElseThrow().rpc())
        .isNotEqualTo(first.tokens().orElseThrow().rpc());
  }

  @Test
  void aRemovedAppIsNotFoundAndMayNotCall() {
    W7s self = world.as("acme/greeter");
    world.deploy(greeter("hello"));
    Tokens tokens =
        world
            .platform
            .deployment(AppInstance.of(AppId.parse("acme/greeter")))
            .flatMap(Deployment::tokens)
            .orElseThrow();
    W7s shop = world.as("acme/shop");
    assertThat(world.platform.remove(AppInstance.of(AppId.parse("acme/greeter")))).isTrue();
    assertThatThrownBy(() -> shop.rpc().call(HELLO)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> self.rpc().call(HELLO)).isInstanceOf(UnauthenticatedException.class);
    assertThat(status(tokens.rpc())).isEqualTo(401);
    assertThat(world.platform.remove(AppInstance.of(AppId.parse("acme/greeter")))).isFalse();
  }

  @Test
  void aCallStaysInTheCallersEnvironment() {
    world.deploy(greeter("hello"));
    var preview = Environment.of("preview");
    W7s shop = world.as("acme/shop", preview, Manifest.empty());
    assertThatThrownBy(() -> shop.rpc().call(HELLO)).isInstanceOf(NotFoundException.class);
    world.platform.deploy(Deployment.of(greeter("preview hello")).in(preview));
    assertThat(shop.rpc().call(HELLO)).isEqualTo("preview hello");
    assertThat(world.as("acme/shop").rpc().call(HELLO)).isEqualTo("hello");
  }

  @Test
  void anotherOwnerNeedsAPlaceOnTheAllowList() {
    world.deploy(greeter("hello"));
    W7s stranger = world.as("evil/shop");
    assertThatThrownBy(() -> stranger.rpc().call(HELLO))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("rpc.allow");
    world.deploy(
        W7sApp.builder(AppRef.of("acme/greeter"))
            .manifest(Manifest.empty().withRpcAllow("evil"))
            .on(HELLO, request -> "hello " + request.caller().orElseThrow().app())
            .build());
    assertThat(stranger.rpc().call(HELLO)).isEqualTo("hello evil/shop");
  }

  @Test
  void aTokenThatIsAnotherAppsIsRefusedAndNotRepeated() {
    Tokens taken = Tokens.of("r-secret", "q-secret", "w-secret", "e-secret");
    world.platform.deploy(
        Deployment.withoutBackend(AppId.parse("acme/one"), Manifest.empty()).withTokens(taken));
    Deployment two =
        Deployment.withoutBackend(AppId.parse("acme/two"), Manifest.empty()).withTokens(taken);
    assertThatThrownBy(() -> world.platform.deploy(two))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("acme/one")
        .hasMessageNotContaining("secret");
    assertThat(taken.toString() + two).doesNotContain("secret");
  }

  @Test
  void anAppWithoutTokensMayNotCall() {
    world.platform.deploy(
        Deployment.withoutBackend(AppId.parse("acme/shop"), Manifest.empty()).withoutTokens());
    world.deploy(greeter("hello"));
    W7s shop = world.as("acme/shop");
    assertThatThrownBy(() -> shop.rpc().call(HELLO)).isInstanceOf(UnauthenticatedException.class);
  }

  @Test
  void chosenTokensStayWithARedeploy() {
    Deployment shop =
        Deployment.withoutBackend(AppId.parse("acme/shop"), Manifest.empty())
            .withTokens(Tokens.of("r", "q", "w", "e"));
    world.platform.deploy(shop);
    assertThat(world.platform.deploy(shop).tokens().orElseThrow().rpc()).isEqualTo("r");
  }

  @Test
  void healthGetsAResponse() {
    var request = new AppRequest("GET", "/health", "", Headers.none(), new byte[0]);
    assertThat(world.platform.controlPlane().handle(request).status()).isEqualTo(200);
  }

  @Test
  void deploymentsAreListedInOrder() {
    world.as("b/b");
    world.as("a/b", Environment.of("preview"), Manifest.empty());
    world.as("a/a");
    assertThat(world.platform.deployments())
        .extracting(Deployment::toString)
        .containsExactly("a/b (preview)", "a/a (production)", "b/b (production)");
  }
}
