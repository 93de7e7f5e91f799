package io.w7s.sdk.app;

import io.w7s.sdk.SteppedTime;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.queue.QueueMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The stores, the app and the reports that the tests of consumption share. */
abstract class ConsumptionTests extends AppRequests {

  static final String QUEUE = "acme/worker/jobs";

  final SteppedTime time = new SteppedTime();
  final ProcessedMessages processed = ProcessedMessages.inMemory(1_000, time);
  final ParkedMessages parked = ParkedMessages.inMemory();
  final SentMessages sent = new SentMessages();
  final List<Integer> handled = new ArrayList<>();
  final List<BatchReport> reports = new ArrayList<>();

  W7sApp app(
      Consumer<Consumption.Builder<Object>> settings, Consumer<QueueMessage<Count>> handler) {
    return worker()
        .consumption(
            each -> {
              each.once(processed).time(time).listen(reports::add);
              settings.accept(each);
            })
        .on(
            COUNTS,
            message -> {
              handled.add(message.body().n());
              handler.accept(message);
            })
        .build();
  }

  static String[] ten(int attempt) {
    return IntStream.rangeClosed(1, 10)
        .mapToObj(i -> message("m" + i, attempt, "{\"n\":" + i + "}"))
        .toArray(String[]::new);
  }

  static void failOn(QueueMessage<Count> message, int n) {
    if (message.body().n() == n) {
      throw new IllegalStateException("cannot handle " + n);
    }
  }

  ParkedMessage parkedMessage(String key) {
    return parked.find(QUEUE, key).orElseThrow();
  }

  BatchReport lastReport() {
    return reports.get(reports.size() - 1);
  }

  static List<Fate> fates(BatchReport report) {
    return report.messages().stream().map(BatchReport.Message::fate).toList();
  }
}
