package io.w7s.sdk.spring.test;

import static io.w7s.sdk.spring.test.AllowLeftOver.Kind.DEAD_LETTERS;
import static io.w7s.sdk.spring.test.AllowLeftOver.Kind.PARKED;
import static io.w7s.sdk.spring.test.AllowLeftOver.Kind.WAITING;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.internal.handler.InvalidHandlerException;
import io.w7s.sdk.spring.test.shop.Order;
import io.w7s.sdk.spring.test.shop.ShopApplication;
import io.w7s.sdk.spring.test.shop.Warehouse;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.testing.Fault;
import io.w7s.sdk.testing.InMemoryW7s;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestContextManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What tests with the slice share, and when its context does not start. */
class SliceTest {

  private static final QueueRef<Order> ORDERS = AppRef.of("acme/shop").queue("orders", Order.class);
  private static final QueueRef<String> BOOKS = AppRef.of("acme/shop").queue("books", String.class);
  private static final Set<InMemoryW7s> PLATFORMS = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void forget() {
    PLATFORMS.clear();
  }

  /** Finds nothing of another test, and leaves everything that a test can. */
  @SpringW7sTest
  @ContextConfiguration(classes = ShopApplication.class)
  @Import(Warehouse.class)
  @AllowLeftOver({WAITING, PARKED})
  abstract static class LeavesMessages {
    @Autowired private InMemoryW7s w7s;
    @Autowired private Warehouse warehouse;
    @Autowired private ParkedMessages parked;

    @Test
    void once() {
      PLATFORMS.add(w7s);
      assertThat(w7s.now()).isEqualTo(InMemoryW7s.DEFAULT_START);
      assertThat(w7s.waiting(ORDERS)).isEmpty();
      assertThat(warehouse.packed()).isEmpty();
      assertThat(parked.count("acme/shop/orders", ParkedMessage.State.PARKED)).isZero();

      w7s.as("acme/website").queues().send(ORDERS, new Order("o1"));
      w7s.as("acme/website").queues().send(ORDERS, new Order(""));
      w7s.runUntilIdle();
      w7s.as("acme/website").queues().send(ORDERS, new Order("o2"));
      assertThat(warehouse.packed()).containsExactly("o1");
    }

    @Test
    void twice() {
      once();
    }
  }

  static class FirstClass extends LeavesMessages {}

  static class SecondClass extends LeavesMessages {}

  @Test
  void nothingPassesFromOneTestToTheNext() {
    run(false, FirstClass.class, SecondClass.class)
        .assertStatistics(tests -> tests.succeeded(4).failed(0));
    assertThat(PLATFORMS).hasSize(4);
  }

  @Test
  void testsInParallelHaveAContextEach() {
    run(true, FirstClass.class, SecondClass.class)
        .assertStatistics(tests -> tests.succeeded(4).failed(0));
    assertThat(PLATFORMS).hasSize(4);
  }

  @SpringW7sTest
  @ContextConfiguration(classes = ShopApplication.class)
  @Import(Warehouse.class)
  @DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_CLASS)
  static class SharesItsContext {
    @Test
    void once(@Autowired InMemoryW7s w7s) {
      PLATFORMS.add(w7s);
    }

    @Test
    void twice(@Autowired InMemoryW7s w7s) {
      PLATFORMS.add(w7s);
    }
  }

  @Test
  void aClassMayShareItsContextAmongItsTests() {
    run(false, SharesItsContext.class).assertStatistics(tests -> tests.succeeded(2));
    assertThat(PLATFORMS).hasSize(1);
  }

  private static Events run(boolean parallel, Class<?>... classes) {
    var engine =
        EngineTestKit.engine("junit-jupiter")
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "" + parallel)
            .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
            .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
            .configurationParameter(
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "4");
    for (Class<?> each : classes) {
      engine.selectors(selectClass(each));
    }
    return engine.execute().testEvents();
  }

  @SpringW7sTest
  @ContextConfiguration(classes = ShopApplication.class)
  @Import(Warehouse.class)
  static class LeavesSomething {
    @Autowired private InMemoryW7s w7s;

    @Test
    void aMessageThatWaits() {
      w7s.as("acme/website").queues().send(ORDERS, new Order("o1"));
    }

    @Test
    void aMessageThatIsParked() {
      w7s.as("acme/website").queues().send(ORDERS, new Order(""));
      w7s.runUntilIdle();
    }

    @Test
    @AllowLeftOver(PARKED)
    void aMessageThatIsDropped() {
      w7s.faults().add(Fault.failHandler(500));
      w7s.as("acme/website").queues().send(ORDERS, new Order(""));
      w7s.runUntilIdle();
    }

    @Test
    @AllowLeftOver({WAITING, PARKED})
    void whatIsAllowed() {
      aMessageThatIsParked();
      aMessageThatWaits();
    }
  }

  @SpringW7sTest
  @ContextConfiguration(classes = ShopApplication.class)
  @Import(Warehouse.class)
  @DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_CLASS)
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class ParksAndDropsInASharedContext {
    @Autowired private InMemoryW7s w7s;

    @Test
    @AllowLeftOver({PARKED, DEAD_LETTERS})
    void a() {
      w7s.as("acme/website").queues().send(ORDERS, new Order(""));
      w7s.runUntilIdle();
      w7s.faults().add(Fault.failHandler(500).times(4));
      w7s.as("acme/website").queues().send(ORDERS, new Order("o1"));
      w7s.runUntilIdle();
    }

    @Test
    void b() {}
  }

  @Test
  void whatATestMayLeaveDoesNotFailTheNextOneInItsContext() {
    run(false, ParksAndDropsInASharedContext.class)
        .assertStatistics(tests -> tests.succeeded(2).failed(0));
  }

  @Test
  void aTestThatLeavesMessagesFailsUnlessItMay() {
    Events tests = run(false, LeavesSomething.class);

    assertThat(tests.succeeded().stream().map(each -> each.getTestDescriptor().getDisplayName()))
        .containsExactly("whatIsAllowed()");
    tests
        .failed()
        .assertThatEvents()
        .haveExactly(1, leaving("@AllowLeftOver(WAITING):\n  acme/shop/orders: 1 message waits"))
        .haveExactly(1, leaving("@AllowLeftOver(PARKED):\n  acme/shop/orders: 1"))
        .haveExactly(1, leaving("@AllowLeftOver(DEAD_LETTERS):\n"));
  }

  private static Condition<Event> leaving(String text) {
    return finishedWithFailure(
        instanceOf(AssertionError.class), message(message -> message.contains(text)));
  }

  @SpringW7sTest(properties = "w7s.manifest=classpath:manifests/incomplete.json")
  @ContextConfiguration(classes = ShopApplication.class)
  @Import(Warehouse.class)
  static class HasAnotherManifest {}

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void handlersThatTheManifestDoesNotDeclareFailTheContext(CapturedOutput output) {
    var manager = new TestContextManager(HasAnotherManifest.class);

    assertThatThrownBy(() -> manager.prepareTestInstance(new HasAnotherManifest()))
        .hasRootCauseInstanceOf(InvalidHandlerException.class)
        .rootCause()
        .hasMessageContaining("classpath:manifests/incomplete.json does not declare");
    assertThat(output)
        .contains("in workflows:  { \"name\": \"refund\", \"path\": \"/_w7s/workflows/refund\" }");
  }

  @SpringW7sTest(properties = "spring.datasource.generate-unique-name=true")
  @ContextConfiguration(classes = ShopApplication.class)
  @Import(Warehouse.class)
  @ImportAutoConfiguration(DataSourceAutoConfiguration.class)
  static class HasDataSource {
    @Autowired private ProcessedMessages processed;
  }

  @Test
  void withADataSourceTheStoresAreOnIt() throws Exception {
    var test = new HasDataSource();
    var manager = new TestContextManager(HasDataSource.class);

    manager.prepareTestInstance(test);

    assertThat(test.processed).isInstanceOf(JdbcProcessedMessages.class);
    manager.getTestContext().markApplicationContextDirty(DirtiesContext.HierarchyMode.EXHAUSTIVE);
  }

  /** Says in which kind of transaction it was called. */
  static class Bookkeeping {
    private final List<Boolean> transactions = new ArrayList<>();

    List<Boolean> transactions() {
      return transactions;
    }

    @QueueHandler("books")
    @Transactional
    public void book(String entry) {
      transactions.add(TransactionSynchronizationManager.isActualTransactionActive());
    }
  }

  @SpringW7sTest(
      properties = {
        "spring.datasource.generate-unique-name=true",
        "w7s.manifest=classpath:manifests/books.json"
      })
  @ContextConfiguration(classes = Bookkeeping.class)
  @ImportAutoConfiguration(DataSourceAutoConfiguration.class)
  static class HasTransactions {
    @Test
    void aHandlerRunsInItsTransaction(@Autowired InMemoryW7s w7s, @Autowired Bookkeeping books) {
      w7s.as("acme/bank").queues().send(BOOKS, "x");
      w7s.runUntilIdle();

      assertThat(books.transactions()).containsExactly(true);
    }
  }

  @Test
  void withADataSourceHandlersAreTransactional() {
    run(false, HasTransactions.class).assertStatistics(tests -> tests.succeeded(1).failed(0));
  }

  /** Spring Boot passes over a line that it cannot load. */
  @Test
  void whatIsIncludedByItsTypeIsThere() throws Exception {
    try (InputStream in =
        SpringW7sTest.class.getResourceAsStream(
            "/META-INF/spring/%s.includes".formatted(SpringW7sTest.class.getName()))) {
      List<String> types = new String(in.readAllBytes(), UTF_8).lines().toList();

      assertThat(types).contains("io.w7s.sdk.spring.W7sAppCustomizer");
      for (String type : types) {
        assertThat(Class.forName(type)).isNotNull();
      }
    }
  }
}
