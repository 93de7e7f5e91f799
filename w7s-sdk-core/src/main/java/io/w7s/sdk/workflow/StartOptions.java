package io.w7s.sdk.workflow;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.CallSettings;
import io.w7s.sdk.error.InvalidInputException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What can be set when starting a workflow. */
public final class StartOptions extends CallSettings<StartOptions> {

  private @Nullable String instanceId;

  /** Starts from defaults, with the instance id left to the platform. The client does this. */
  public StartOptions(CallOptions defaults) {
    super(defaults);
  }

  /**
   * Names the instance, so that starting it twice is harmless and a start whose delivery is unknown
   * is tried again. The platform makes a slug of it, cuts it to 40 characters and puts environment,
   * app and workflow in front.
   *
   * @throws InvalidInputException when the id is blank
   */
  public StartOptions instanceId(String instanceId) {
    if (instanceId.isBlank()) {
      throw new InvalidInputException("workflow instance id", "blank text", "some text");
    }
    this.instanceId = instanceId;
    return this;
  }

  /** Returns the caller's id for the instance; empty when the platform is to make one. */
  public Optional<String> instanceId() {
    return Optional.ofNullable(instanceId);
  }
}
