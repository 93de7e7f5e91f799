package io.w7s.sdk.micrometer;

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
import java.util.List;

/**
 * Names the observation of a handler and its keys, as {@link W7sObservation#PROCESS} lists them.
 * Extend it to add keys of your own.
 */
public class DefaultProcessConvention implements ObservationConvention<ProcessContext> {

  static final DefaultProcessConvention INSTANCE = new DefaultProcessConvention();

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
    return kind(context.handler().kind()) + " " + context.handler().name();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(ProcessContext context) {
    HandlerInvocation handler = context.handler();
    ProcessContext.Outcome outcome = context.outcome();
    return KeyValues.of(
        ProcessKey.KIND.withValue(kind(handler.kind())),
        ProcessKey.HANDLER.withValue(handler.name()),
        ProcessKey.OUTCOME.withValue(outcome == null ? KeyValue.NONE_VALUE : outcome.value()));
  }

  private static String kind(HandlerKind kind) {
    return switch (kind) {
      case QUEUE -> "queue";
      case EVENT -> "event";
      case WORKFLOW -> "workflow";
      case SCHEDULE -> "schedule";
      case RPC -> "rpc";
    };
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(ProcessContext context) {
    HandlerInvocation handler = context.handler();
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
