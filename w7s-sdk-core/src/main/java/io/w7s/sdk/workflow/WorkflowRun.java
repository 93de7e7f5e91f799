package io.w7s.sdk.workflow;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.Caller;
import io.w7s.sdk.internal.text.SafeText;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One delivery of a workflow instance to its handler. When the handler throws, the platform
 * delivers the same instance again, without saying how often. Immutable if its payload is.
 *
 * <p>A test of a handler makes one in a line:
 *
 * <pre>{@code
 * handler.handle(WorkflowRun.of(CHECKOUT, new Cart("cart_1")));
 * }</pre>
 *
 * @param <I> the type of the payload
 */
public final class WorkflowRun<I> {

  private final String instanceId;
  private final String workflow;
  private final @Nullable I payload;
  private final @Nullable Instant createdAt;
  private final @Nullable Caller caller;

  private WorkflowRun(Builder<I> builder) {
    instanceId = builder.instanceId;
    workflow = builder.workflow;
    payload = builder.payload;
    createdAt = builder.createdAt;
    caller = builder.caller;
  }

  /** Returns a run with the defaults of {@link #builder}, for a test of a handler. */
  public static <I> WorkflowRun<I> of(WorkflowRef<I, ?> workflow, @Nullable I payload) {
    return builder(workflow, payload).build();
  }

  /**
   * Begins a run: instance id {@code instance-1}, and nothing else unless it is set.
   *
   * @param payload the payload; null as for JSON null
   */
  public static <I> Builder<I> builder(WorkflowRef<I, ?> workflow, @Nullable I payload) {
    return new Builder<>(workflow.name(), payload);
  }

  /** Returns the platform's full instance id, the same in each delivery. */
  public String instanceId() {
    return instanceId;
  }

  /** Returns the workflow's name. */
  public String workflow() {
    return workflow;
  }

  /**
   * Returns the payload; null when the starter sent JSON null or nothing, or when the workflow's
   * input is {@code Void}. This SDK sends null for {@code Void} only.
   */
  public @Nullable I payload() {
    return payload;
  }

  /** Returns when the instance was started, by the platform's clock; empty where unknown. */
  public Optional<Instant> createdAt() {
    return Optional.ofNullable(createdAt);
  }

  /** Returns the app that started the instance; empty where the platform does not say. */
  public Optional<Caller> caller() {
    return Optional.ofNullable(caller);
  }

  /** Returns whether the other is a run whose properties are all equal. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof WorkflowRun<?> run
        && instanceId.equals(run.instanceId)
        && workflow.equals(run.workflow)
        && Objects.equals(payload, run.payload)
        && Objects.equals(createdAt, run.createdAt)
        && Objects.equals(caller, run.caller);
  }

  @Override
  public int hashCode() {
    return Objects.hash(instanceId, workflow, payload, createdAt, caller);
  }

  /** Returns the workflow and the instance id. The payload is left out: it may be secret. */
  @Override
  public String toString() {
    return "WorkflowRun[workflow=" + workflow + ", instanceId=" + SafeText.of(instanceId) + "]";
  }

  /**
   * Makes a run. Not thread-safe.
   *
   * @param <I> the type of the payload
   */
  public static final class Builder<I> {

    private final String workflow;
    private final @Nullable I payload;
    private String instanceId = "instance-1";
    private @Nullable Instant createdAt;
    private @Nullable Caller caller;

    private Builder(String workflow, @Nullable I payload) {
      this.workflow = workflow;
      this.payload = payload;
    }

    /** Sets the full instance id. Default {@code instance-1}. */
    public Builder<I> instanceId(String instanceId) {
      this.instanceId = requireNonNull(instanceId, "instanceId");
      return this;
    }

    /** Sets when the instance was started; null for unknown, which is the default. */
    public Builder<I> createdAt(@Nullable Instant createdAt) {
      this.createdAt = createdAt;
      return this;
    }

    /** Sets the app that started the instance; null for unknown, which is the default. */
    public Builder<I> caller(@Nullable Caller caller) {
      this.caller = caller;
      return this;
    }

    /** Returns the run. */
    public WorkflowRun<I> build() {
      return new WorkflowRun<>(this);
    }
  }
}
