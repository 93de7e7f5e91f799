package io.w7s.sdk.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.w7s.sdk.app.HandlerInvocation;
import io.w7s.sdk.app.HandlerKind;
import io.w7s.sdk.micrometer.W7sObservation.ProcessDetail;
import io.w7s.sdk.micrometer.W7sObservation.ProcessKey;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.workflow.WorkflowRun;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Names the observation of a handler and its keys, as {@link W7sObservation#PROCESS} lists them.
 * Extend it to add keys of your own.
 */
public class DefaultProcessConvention implements ObservationConvention<ProcessContext> {

  static final DefaultProcessConvention INSTANCE = new DefaultProcessConvention();

  private static final KeyValue RUNNING = ProcessKey.OUTCOME.withNoneValue();
  private static final Map<HandlerKind, KeyValue> KINDS = kinds();

  private static Map<HandlerKind, KeyValue> kinds() {
    var kinds = new EnumMap<HandlerKind, KeyValue>(HandlerKind.class);
    for (HandlerKind kind : HandlerKind.values()) {
      kinds.put(kind, ProcessKey.KIND.withValue(kind.name().toLowerCase(Locale.ROOT)));
    }
    return kinds;
  }

  private static KeyValue kind(ProcessContext context) {
    return requireNonNull(KINDS.get(context.handler().kind()));
  }

  /** Makes a convention. */
  public DefaultProcessConvention() {}

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof ProcessContext;
  }

  @Override
  public String getName() {
    return W7sObservation.PROCESS.getName();
  }

  /** Returns the kind and the name of the handler. */
  @Override
  public String getContextualName(ProcessContext context) {
    return kind(context).getValue() + " " + context.name().getValue();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(ProcessContext context) {
    ProcessContext.Outcome outcome = context.outcome();
    return KeyValues.of( // in their order, so that they need not be sorted
        context.name(), kind(context), outcome == null ? RUNNING : outcome.key());
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(ProcessContext context) {
    return context.details();
  }

  static KeyValues details(HandlerInvocation handler) {
    List<KeyValue> values = new ArrayList<>(3);
    handler.messageId().ifPresent(id -> values.add(ProcessDetail.MESSAGE_ID.withValue(id)));
    handler
        .attempt()
        .ifPresent(number -> values.add(ProcessDetail.ATTEMPT.withValue(String.valueOf(number))));
    handler.subject().ifPresent(subject -> values.add(ProcessDetail.SUBJECT.withValue(subject)));
    if (handler.input() instanceof QueueBatch<?> batch) {
      int size = batch.messages().size() + batch.unreadable().size();
      values.add(ProcessDetail.BATCH_SIZE.withValue(String.valueOf(size)));
    }
    if (handler.input() instanceof WorkflowRun<?> run) {
      values.add(ProcessDetail.INSTANCE.withValue(run.instanceId()));
    }
    return KeyValues.of(values);
  }
}
