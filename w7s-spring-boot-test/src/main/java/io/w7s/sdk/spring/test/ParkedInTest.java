package io.w7s.sdk.spring.test;

import io.w7s.sdk.app.HandlerInterceptor;
import io.w7s.sdk.app.HandlerInvocation;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.Fate;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** Counts the messages that are parked, in whichever store. Thread-safe. */
final class ParkedInTest implements HandlerInterceptor {

  private final Map<String, Integer> byQueue = new ConcurrentSkipListMap<>();

  @Override
  public void intercept(HandlerInvocation handler) throws Exception {
    handler.proceed();
  }

  @Override
  public void delivered(BatchReport report) {
    int parked = report.count(Fate.PARKED);
    if (parked > 0) {
      byQueue.merge(report.queue(), parked, Integer::sum);
    }
  }

  /** Begins to count anew. */
  void clear() {
    byQueue.clear();
  }

  /** Returns a line for each queue. */
  String lines() {
    return byQueue.entrySet().stream()
        .map(queue -> "  %s: %d".formatted(queue.getKey(), queue.getValue()))
        .collect(Collectors.joining("\n"));
  }
}
