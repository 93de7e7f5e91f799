package io.w7s.sdk.workflow;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.HasCallOptions;
import io.w7s.sdk.error.InvalidInputException;
import java.util.Optional;

/**
 * What can be set when starting a workflow. Immutable: each method returns a changed copy.
 *
 * @param call what can be set on every call
 * @param instanceId the caller's id for the instance; empty when the platform is to make one
 */
public record StartOptions(CallOptions call, Optional<String> instanceId)
    implements HasCallOptions<StartOptions> {

  /** Checks the id. */
  public StartOptions {
    if (instanceId.isPresent() && instanceId.get().isBlank()) {
      throw new InvalidInputException("workflow instance id", "blank text", "some text");
    }
  }

  /** Returns options with the instance id left to the platform. */
  public static StartOptions of(CallOptions call) {
    return new StartOptions(call, Optional.empty());
  }

  /**
   * Names the instance, so that starting it twice is harmless and a start whose delivery is unknown
   * is tried again. The platform makes a slug of it, cuts it to 40 characters and puts environment,
   * app and workflow in front.
   */
  public StartOptions instanceId(String instanceId) {
    return new StartOptions(call, Optional.of(instanceId));
  }

  @Override
  public StartOptions call(CallOptions call) {
    return new StartOptions(call, instanceId);
  }
}
