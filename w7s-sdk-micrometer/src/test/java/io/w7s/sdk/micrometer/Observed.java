package io.w7s.sdk.micrometer;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What was observed, in the order of the ends. */
final class Observed implements ObservationHandler<Observation.Context> {

  private final List<Observation.Context> started = Collections.synchronizedList(new ArrayList<>());
  private final List<Observation.Context> ended = Collections.synchronizedList(new ArrayList<>());
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());

  private final AtomicInteger openScopes = new AtomicInteger();

  /** Returns a registry that checks each use of its observations, and reports to this. */
  TestObservationRegistry registry() {
    TestObservationRegistry registry = TestObservationRegistry.create();
    registry.observationConfig().observationHandler(this);
    return registry;
  }

  /** Returns a registry that reports to this, and to another handler before. */
  ObservationRegistry registry(ObservationHandler<Observation.Context> first) {
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(first).observationHandler(this);
    return registry;
  }

  /** Returns a registry that reports to this, and to another handler after. */
  ObservationRegistry registryWith(ObservationHandler<Observation.Context> second) {
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(this).observationHandler(second);
    return registry;
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return true;
  }

  @Override
  public void onScopeOpened(Observation.Context context) {
    openScopes.incrementAndGet();
  }

  @Override
  public void onScopeClosed(Observation.Context context) {
    openScopes.decrementAndGet();
  }

  @Override
  public void onStart(Observation.Context context) {
    started.add(context);
  }

  @Override
  public void onEvent(Observation.Event event, Observation.Context context) {
    events.add(event.getName() + ": " + event.getContextualName());
  }

  @Override
  public void onStop(Observation.Context context) {
    ended.add(context);
  }

  List<Observation.Context> started() {
    return started;
  }

  List<Observation.Context> ended() {
    return ended;
  }

  List<String> events() {
    return events;
  }

  int openScopes() {
    return openScopes.get();
  }

  Observation.Context onlyEnded() {
    if (ended.size() != 1 || started.size() != 1) {
      throw new AssertionError(started.size() + " started, " + ended.size() + " ended");
    }
    return ended.get(0);
  }

  /** Returns the low-cardinality keys of those that have ended. */
  List<Map<String, String>> keys() {
    return ended.stream().map(context -> map(context.getLowCardinalityKeyValues())).toList();
  }

  static Map<String, String> low(Observation.Context context) {
    return map(context.getLowCardinalityKeyValues());
  }

  static Map<String, String> high(Observation.Context context) {
    return map(context.getHighCardinalityKeyValues());
  }

  private static Map<String, String> map(KeyValues values) {
    var map = new TreeMap<String, String>();
    for (KeyValue value : values) {
      map.put(value.getKey(), value.getValue());
    }
    return map;
  }

  /** Fails at a moment of each observation. */
  static ObservationHandler<Observation.Context> failingAt(String moment) {
    return new ObservationHandler<>() {
      @Override
      public boolean supportsContext(Observation.Context context) {
        return true;
      }

      private void reached(String where) {
        if (moment.equals(where)) {
          throw new IllegalStateException("broken " + moment);
        }
      }

      @Override
      public void onStart(Observation.Context context) {
        reached("start");
      }

      @Override
      public void onScopeOpened(Observation.Context context) {
        reached("scope opened");
      }

      @Override
      public void onScopeClosed(Observation.Context context) {
        reached("scope closed");
      }

      @Override
      public void onError(Observation.Context context) {
        reached("error");
      }

      @Override
      public void onEvent(Observation.Event event, Observation.Context context) {
        reached("event");
      }

      @Override
      public void onStop(Observation.Context context) {
        reached("stop");
      }
    };
  }
}
