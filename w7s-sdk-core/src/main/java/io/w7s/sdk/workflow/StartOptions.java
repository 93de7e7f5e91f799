package io.w7s.sdk.workflow;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.CallSettings;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of a workflow start. */
public final class StartOptions extends CallSettings<StartOptions> {

  private @Nullable String instanceId;

  /** Starts from defaults, with an instance id that the platform makes. The client calls this. */
  public StartOptions(CallOptions defaults) {
    super(defaults);
  }

  /**
   * Sets the id of the instance. Two starts with the same id start one instance, so a start whose
   * delivery is unknown is retried. The platform prefixes it with the environment, the app and the
   * workflow.
   *
   * @param instanceId 1 to 40 characters of {@code a-z}, {@code 0-9} and single hyphens, the first
   *     and the last a letter or digit: the platform would change any other id, and could turn two
   *     ids into one. {@link InstanceIds#of} makes such an id from any text
   * @throws InvalidInputException when the id breaks that rule; the message has an id to use
   *     instead
   */
  public StartOptions instanceId(String instanceId) {
    if (!Names.isInstanceId(requireNonNull(instanceId, "instanceId"))) {
      throw new InvalidInputException(
          "workflow instance id",
          Names.quoted(instanceId),
          "1 to 40 characters of a-z, 0-9 and single hyphens between them, because the platform"
              + " changes any other id"
              + (instanceId.isBlank()
                  ? ""
                  : ": use InstanceIds.of(text), here \"" + InstanceIds.of(instanceId) + "\""));
    }
    this.instanceId = instanceId;
    return this;
  }

  /** Returns the id of the instance; empty when the platform makes one. */
  public Optional<String> instanceId() {
    return Optional.ofNullable(instanceId);
  }
}
