package io.w7s.samples.router;

import io.w7s.sdk.queue.QueueRef;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who gets the events of which subject. */
record Subscriptions(Map<String, List<Subscriber>> subjects) {

  /** A queue of an app. */
  record Subscriber(String repository, String queue) {}

  static Subscriptions of(Map<String, List<QueueRef<Event>>> queuesBySubject) {
    var subjects = new TreeMap<String, List<Subscriber>>();
    queuesBySubject.forEach(
        (subject, queues) ->
            subjects.put(
                subject,
                queues.stream()
                    .map(queue -> new Subscriber(queue.app().toString(), queue.name()))
                    .toList()));
    return new Subscriptions(subjects);
  }
}
